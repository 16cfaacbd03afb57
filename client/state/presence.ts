// Tells the server that somebody is looking, so that it lets a toast do and holds the letter back for a while. The
// lease there is 30 s; a beat every 10 s survives two that are lost.
import { live } from '../api/live.ts';

const EVERY_MS = 10_000;
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Beats while the page stands; call the result when the person leaves. */
export function keepPresence(): () => void {
  let lastInput = performance.now();
  const beat = () => {
    if (document.visibilityState !== 'visible' || live.state !== 'online') return;
    const idleMs = Math.round(performance.now() - lastInput);
    // Lost with the connection; the next one beats anew.
    live.ask('presence.beat', { visible: true, idleMs }).catch(() => {});
  };
  const input = () => {
    lastInput = performance.now();
  };
  for (const name of INPUTS) addEventListener(name, input, { passive: true, capture: true });
  document.addEventListener('visibilitychange', beat);
  const offline = live.onConnect(beat);
  const timer = setInterval(beat, EVERY_MS);
  return () => {
    clearInterval(timer);
    offline();
    document.removeEventListener('visibilitychange', beat);
    for (const name of INPUTS) removeEventListener(name, input, { capture: true });
  };
}
