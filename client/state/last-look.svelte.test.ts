import { jest } from '@jest/globals';
import { playRest, testSession } from '../testing/sign-in.ts';
import { LastLook } from './last-look.svelte.ts';
import { session } from './session.svelte.ts';

const MINUTE = 60_000;
const T = Date.parse('2026-11-27T09:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();
/** Comes at one time and leaves at another; what was new. */
function visit(name: string, from: number, to: number, act?: (look: LastLook) => void): string {
  jest.setSystemTime(from);
  const look = new LastLook(name);
  act?.(look);
  const { since } = look;
  jest.setSystemTime(to);
  look.close();
  return since;
}

describe(LastLook, () => {
  beforeAll(async () => {
    const rest = playRest(() => testSession());
    await session.signIn('anna', 'plain-lantern-42');
    rest.mockRestore();
  });
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells who has never looked of the last day, then of what came since they left', () => {
    expect(visit('a', T, T + 10 * MINUTE)).toBe(iso(T - 24 * 60 * MINUTE));
    expect(visit('a', T + 180 * MINUTE, T + 190 * MINUTE)).toBe(iso(T + 10 * MINUTE));
  });

  it('keeps new what was new, for whoever is back soon', () => {
    const first = visit('b', T, T + 10 * MINUTE);
    expect(visit('b', T + 15 * MINUTE, T + 16 * MINUTE)).toBe(first);
  });

  it('begins anew when somebody says that all was seen', () => {
    expect(visit('c', T, T + MINUTE, (look) => look.seen())).toBe(iso(T));
    expect(visit('c', T + 5 * MINUTE, T + 6 * MINUTE)).toBe(iso(T));
  });
});
