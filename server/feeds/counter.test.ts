import { jest } from '@jest/globals';
import type { Count } from '@svodka/shared/feed/feed';
import { Counter } from './counter.ts';

const exact = (n: number): Count => ({ n, exact: true });

describe(Counter.name, () => {
  let stored: Count;
  let reads: number;
  let told: Count[];
  let counter: Counter;

  beforeEach(() => {
    jest.useFakeTimers();
    [stored, reads, told] = [exact(5), 0, []];
    counter = new Counter({
      read: async () => {
        reads++;
        return stored;
      },
      tell: (count) => told.push(count),
    });
  });
  afterEach(() => {
    counter.close();
    jest.useRealTimers();
  });

  it('reads once, then moves with what enters and leaves', async () => {
    expect(await counter.within(1_000)).toEqual(exact(5));
    await jest.advanceTimersByTimeAsync(2_000);
    counter.move(1);
    counter.move(1);
    counter.move(-1);
    expect(await counter.within(1_000)).toEqual(exact(6));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(reads).toBe(1);
  });

  it('does not read for who only passes through', async () => {
    counter.wantSoon();
    counter.close();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(reads).toBe(0);
  });

  it('reads soon for who stays, once, and tells', async () => {
    counter.wantSoon();
    counter.wantSoon();
    expect([reads, counter.known]).toEqual([0, null]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect([reads, told]).toEqual([1, [exact(5)]]);
  });

  it('tells at most four times a second, and only what is new', async () => {
    await counter.within(1_000);
    await jest.advanceTimersByTimeAsync(2_000);
    for (let n = 0; n < 100; n++) {
      counter.move(1);
      await jest.advanceTimersByTimeAsync(10);
    }
    await jest.advanceTimersByTimeAsync(1_000);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told.at(-1)).toEqual(exact(105));
    const before = told.length;
    counter.move(1);
    counter.move(-1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(told).toHaveLength(before);
  });

  it('reads again what it read while the room moved', async () => {
    const first = counter.within(1_000);
    counter.move(1); // the query may have counted this already
    await first;
    stored = exact(6);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(reads).toBe(2);
    expect(await counter.within(1_000)).toEqual(exact(6));
  });

  it('reads again when a write that the query may have seen comes only afterwards', async () => {
    await counter.within(1_000);
    stored = exact(5);
    counter.move(1);
    expect(await counter.within(1_000)).toEqual(exact(6));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await counter.within(1_000)).toEqual(exact(5));
  });

  it('stays a lower bound over the limit, and is looked at again when rows leave', async () => {
    stored = { n: 10_000, exact: false };
    expect(await counter.within(1_000)).toEqual(stored);
    counter.move(1);
    counter.move(-1);
    expect(await counter.within(1_000)).toEqual({ n: 10_000, exact: false });
    stored = exact(9_998);
    await jest.advanceTimersByTimeAsync(61_000);
    expect(await counter.within(1_000)).toEqual(exact(9_998));
  });

  it('becomes a lower bound when it passes the limit', async () => {
    stored = exact(10_000);
    await counter.within(1_000);
    await jest.advanceTimersByTimeAsync(2_000);
    counter.move(1);
    expect(await counter.within(1_000)).toEqual({ n: 10_000, exact: false });
  });

  it('keeps nobody waiting for a slow count, and asks again after a failed one (F17)', async () => {
    let fail = true;
    const slow = new Counter({
      read: async () => {
        reads++;
        if (fail) throw new Error('the store is away');
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        return stored;
      },
      tell: (count) => told.push(count),
    });
    expect(await slow.within(100)).toBeNull();
    expect(slow.known).toBeNull();
    fail = false;
    const waited = slow.within(100);
    await jest.advanceTimersByTimeAsync(100);
    expect(await waited).toBeNull();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([exact(5)]);
    expect(slow.known).toEqual(exact(5));
    slow.close();
  });

  it('says nothing after it was closed', async () => {
    await counter.within(1_000);
    counter.move(1);
    counter.close();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);
    expect(reads).toBe(1);
  });
});
