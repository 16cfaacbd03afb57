// What a recording looks like, made in the browser out of what it has to hear anyway; once for each file.
import type { Id } from '@svodka/shared/contracts/id';

/** Beyond these a bar to seek in is shown and no waveform: all of it has to be held at once. */
export const WAVEFORM_LIMITS = { bytes: 24 * 1024 * 1024, seconds: 3_600 } as const;
export const BARS = 120;
/** Enough for voices. */
const RATE = 8_000;
const MOST_KEPT = 40;

const known = new Map<Id, Promise<readonly number[]>>();

/** The loudness of each part, 0 to 1. */
export function waveformOf(id: Id, address: string): Promise<readonly number[]> {
  const before = known.get(id);
  if (before) return before;
  const made = make(address);
  known.set(id, made);
  made.catch(() => known.delete(id));
  const [oldest] = known.keys();
  if (known.size > MOST_KEPT && oldest) known.delete(oldest);
  return made;
}

async function make(address: string): Promise<readonly number[]> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`waveform: ${response.status}`);
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await response.arrayBuffer());
  return peaks(sound.getChannelData(0));
}

function peaks(samples: Float32Array): readonly number[] {
  const step = samples.length / BARS;
  const loud = Array.from({ length: BARS }, (_, i) => {
    let most = 0;
    for (let at = Math.floor(i * step); at < Math.floor((i + 1) * step); at++)
      most = Math.max(most, Math.abs(samples[at] ?? 0));
    return most;
  });
  const loudest = Math.max(...loud);
  return loudest > 0 ? loud.map((one) => one / loudest) : loud;
}
