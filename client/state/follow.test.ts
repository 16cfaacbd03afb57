import { jest } from '@jest/globals';
import { SOCKET_LIMITS } from '@svodka/shared/feed/socket';
import { playSocket } from '../testing/fake-socket.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { followEvent } = await import('./follow.ts');

/** How many of these messages a bucket refuses: what the server's guard does. */
function refusals(atMs: number[], { perSecond, burst }: { perSecond: number; burst: number }): number {
  let tokens: number = burst;
  let last = 0;
  let refused = 0;
  for (const at of atMs) {
    tokens = Math.min(burst, tokens + ((at - last) / 1000) * perSecond);
    last = at;
    if (tokens >= 1) tokens--;
    else refused++;
  }
  return refused;
}

describe('the live line of the pane', () => {
  beforeAll(() => {
    jest.useFakeTimers();
  });
  beforeEach(async () => {
    await jest.advanceTimersByTimeAsync(1_000);
    live.connect();
    socket.connected = true;
    socket.asked = [];
    const opened = socket.open();
    await jest.advanceTimersByTimeAsync(50);
    await opened;
  });
  afterEach(() => live.disconnect());
  afterAll(() => {
    jest.useRealTimers();
  });

  const nobody = { took: () => {}, failed: () => {} };
  /** Walks through events, a step every `everyMs`; when each message was sent. */
  async function walk(everyMs: number, forMs: number): Promise<number[]> {
    const times: number[] = [];
    const began = performance.now();
    let stop = () => {};
    for (let i = 0; performance.now() - began < forMs; i++) {
      const before = socket.asked.length;
      stop();
      stop = followEvent({ id: `e${i}`, ...nobody });
      await jest.advanceTimersByTimeAsync(everyMs);
      for (const each of socket.asked.slice(before)) {
        times.push(performance.now() - began);
        void each.answer({ row: null, comments: [], next: null });
      }
    }
    await jest.advanceTimersByTimeAsync(1_000);
    stop();
    await jest.advanceTimersByTimeAsync(1_000);
    return times;
  }

  it.each([33, 120, 200, 260, 320, 610])(
    'refuses nothing while J is held for a minute, a step each %i ms',
    async (everyMs) => {
      const times = await walk(everyMs, 60_000);
      expect(socket.asked.every(({ event }) => event === 'event.follow')).toBe(true);
      expect(times.length).toBeGreaterThan(0);
      expect(refusals(times, SOCKET_LIMITS.costly)).toBe(0);
    },
  );

  it('asks at once for what is opened, for where a walk ends, and says when nothing is open', async () => {
    await jest.advanceTimersByTimeAsync(1_000);
    const stop = followEvent({ id: 'first', ...nobody });
    await jest.advanceTimersByTimeAsync(0);
    expect(socket.last('event.follow').body).toEqual({ eventId: 'first' });
    stop();
    await walk(30, 900);
    expect(socket.asked.map(({ body }) => body.eventId)).toEqual([
      'first',
      expect.stringMatching(/^e/),
      null,
    ]);
  });

  it('follows again after the line was down', async () => {
    await jest.advanceTimersByTimeAsync(1_000);
    const seen: unknown[] = [];
    const stop = followEvent({ id: 'open', took: (answer) => seen.push(answer.row), failed: () => {} });
    await jest.advanceTimersByTimeAsync(0);
    const dropped = socket.drop();
    await jest.advanceTimersByTimeAsync(50);
    await dropped;
    const opened = socket.open();
    await jest.advanceTimersByTimeAsync(50);
    await opened;
    expect(socket.asked.filter(({ event }) => event === 'event.follow')).toHaveLength(2);
    void socket.last('event.follow').answer({ row: null, comments: [], next: null });
    await jest.advanceTimersByTimeAsync(50);
    expect(seen).toEqual([null]);
    stop();
    await jest.advanceTimersByTimeAsync(1_000);
  });
});
