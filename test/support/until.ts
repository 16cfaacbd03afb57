import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Default 30 s: it only costs where the answer is missing, and machines are busy. */
  timeoutMs?: number;
  everyMs?: number;
  /** What was waited for, for the message of the failure. */
  what?: string | (() => string);
}

/** Asks again until the answer is neither undefined, null nor false, and returns it; a throw ends the wait. */
export async function until<T>(
  ask: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 20, what = 'the condition' }: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, undefined | null | false>;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${typeof what === 'function' ? what() : what}`);
    }
    await pause(everyMs);
  }
}
