// A short sound for what is urgent, made here and not loaded: two falling tones. A browser lets a page sound only after
// somebody has used it; until then the context sleeps, and the first key or touch wakes it for the next time.

const TONES_HZ = [880, 660];
const TONE_S = 0.16;
const LOUD = 0.14;
/** Several at once are one alarm. */
const PAUSE_MS = 3000;

let context: AudioContext | null = null;
let soundedAt = Number.NEGATIVE_INFINITY;

function awake(): AudioContext | null {
  if (typeof AudioContext === 'undefined') return null;
  try {
    context ??= new AudioContext();
  } catch {
    return null; // No sound device.
  }
  if (context.state === 'suspended') void context.resume().catch(() => {});
  return context;
}

/** Lets the first gesture on the page wake the sound; call the result when it is no longer wanted. */
export function readySound(): () => void {
  const wake = () => void awake();
  addEventListener('pointerdown', wake, { once: true });
  addEventListener('keydown', wake, { once: true });
  return () => {
    removeEventListener('pointerdown', wake);
    removeEventListener('keydown', wake);
  };
}

/** Sounds once; again no sooner than some seconds later. */
export function soundAlarm(now = performance.now()): boolean {
  if (now - soundedAt < PAUSE_MS) return false;
  const audio = awake();
  if (!audio) return false;
  soundedAt = now;
  TONES_HZ.forEach((hz, i) => {
    const from = audio.currentTime + i * TONE_S;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hz;
    // Risen and fallen softly: an edge would click.
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUD, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S * 1.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + TONE_S * 1.7);
  });
  return true;
}
