import { setTimeout as pause } from 'node:timers/promises';
import { pace } from './pace.ts';

export interface UntilOptions {
  /** On a quiet machine; a busy one is given longer (`pace`). Default 30 s: it only costs where the answer is missing. */
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
  const began = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, undefined | null | false>;
    }
    const waited = performance.now() - began;
    if (waited > timeoutMs * pace()) {
      throw new Error(
        `waited ${Math.round(waited)} ms in vain for ${typeof what === 'function' ? what() : what}`,
      );
    }
    await pause(everyMs);
  }
}
