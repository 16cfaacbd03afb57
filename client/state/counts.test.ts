import { jest } from '@jest/globals';
import { playSocket } from '../testing/fake-socket.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { counts } = await import('./counts.ts');
const { calmly } = await import('./calm.ts');

const exact = (n: number) => ({ n, exact: true });

describe('what is in no hurry', () => {
  beforeAll(async () => {
    live.connect();
    await socket.open();
  });
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void jest.useRealTimers());

  const tell = (room: string, n: number) => void socket.tell('count.changed', { room, count: exact(n) });

  it('shows the numbers of one event together, and the last of several', () => {
    tell('a', 1);
    jest.advanceTimersByTime(10);
    tell('b', 5);
    tell('a', 2);
    expect([counts.of('a'), counts.of('b')]).toEqual([undefined, undefined]);
    jest.runOnlyPendingTimers();
    expect([counts.of('a'), counts.of('b')]).toEqual([exact(2), exact(5)]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets nothing that was told before an answer take its place', () => {
    tell('c', 1);
    counts.put('c', exact(7));
    jest.runOnlyPendingTimers();
    expect(counts.of('c')).toEqual(exact(7));
    counts.put('c', null);
    expect(counts.of('c')).toEqual(exact(7));
  });

  it('does no earlier than asked, and together, what is due about the same time', () => {
    const done: string[] = [];
    const at = (name: string) => () => void done.push(`${name} ${Date.now()}`);
    calmly(at('tint'), 750);
    jest.advanceTimersByTime(40);
    calmly(at('numbers'), 700);
    calmly(at('never'), 700)();
    calmly(at('late'), 1500);
    jest.advanceTimersByTime(5000);
    const [first, second, third] = done.map((each) => each.split(' '));
    expect([first?.[0], second?.[0], third?.[0]]).toEqual(['tint', 'numbers', 'late']);
    expect(first?.[1]).toBe(second?.[1]);
    expect(Number(first?.[1])).toBeGreaterThanOrEqual(1_000_750);
    expect(Number(third?.[1])).toBeGreaterThanOrEqual(1_001_540);
    expect(done).toHaveLength(3);
  });
});
