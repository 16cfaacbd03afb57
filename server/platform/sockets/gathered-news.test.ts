import { jest } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { GatheredNews } from './gathered-news.ts';
import type { Sockets } from './sockets.service.ts';

type Frame = [Buffer, Buffer];

describe(GatheredNews.name, () => {
  let told: { page: number; frame: Frame }[];
  let gathered: string[];
  /** Runs when the first page is told. */
  let first: () => void;
  let news: GatheredNews;
  /** Every other page belongs to a manager, who hears less. */
  const pages = (n: number) =>
    Array.from({ length: n }, (_, page) => ({
      connected: true,
      data: { user: { id: page % 2 ? 'manager' : 'head' } },
      conn: {
        write(_: string, { wsPreEncodedFrame: frame }: { wsPreEncodedFrame: Frame }) {
          told.push({ page, frame });
          if (told.length === 1) first();
        },
      },
    }));
  const open = (n: number, mayHear = true) => {
    const all = pages(n);
    const take = () => {
      const ids = JSON.stringify(gathered);
      gathered = [];
      return ({ id }: { id: string }) =>
        id === 'head' || mayHear ? `"ids":${id === 'head' ? ids : '[]'}` : null;
    };
    news = new GatheredNews({ all: () => all } as unknown as Sockets, 'orders.changed', 1, take);
  };
  const textOf = ({ frame }: { frame: Frame }) => Buffer.concat(frame).toString('latin1');

  beforeEach(() => {
    told = [];
    gathered = ['a'];
    first = () => {};
  });
  afterEach(() => news.stop());

  it('writes one frame for all who are told the same', async () => {
    open(6);
    news.soon();
    await until(() => told.length === 6);
    expect(new Set(told.map(({ frame }) => frame)).size).toBe(2);
    expect(told.filter((one) => textOf(one).endsWith('42["orders.changed",{"ids":["a"]}]'))).toHaveLength(3);
  });

  it('tells nothing to whom it is no news', async () => {
    open(4, false);
    news.soon();
    await until(() => told.length === 2);
    expect(told.map(({ page }) => page)).toEqual([0, 2]);
  });

  it('lets others have their turn between its pages', async () => {
    open(1_000);
    let toldBefore = 0;
    first = () => setImmediate(() => (toldBefore = told.length));
    news.soon();
    await until(() => told.length === 1_000);
    expect(toldBefore).toBeLessThan(1_000);
    expect(new Set(told.map(({ page }) => page)).size).toBe(1_000);
  });

  it('rests after a telling that took long, and not once more when something comes later', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      open(2);
      first = () => jest.advanceTimersByTime(100);
      news.soon();
      await jest.advanceTimersByTimeAsync(1);
      expect(told).toHaveLength(2);
      told = [];
      news.soon();
      await jest.advanceTimersByTimeAsync(999);
      expect(told).toHaveLength(0);
      await jest.advanceTimersByTimeAsync(1);
      expect(told).toHaveLength(2);
      told = [];
      await jest.advanceTimersByTimeAsync(10_000);
      news.soon();
      await jest.advanceTimersByTimeAsync(1);
      expect(told).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells what comes while it tells behind it, once', async () => {
    open(1_000);
    first = () => {
      gathered.push('b');
      news.soon();
      news.soon();
    };
    news.soon();
    await until(() => told.length === 2_000);
    expect(told.slice(0, 1_000).some((one) => textOf(one).includes('"b"'))).toBe(false);
    expect(told.slice(1_000).filter((one) => textOf(one).includes('["b"]'))).toHaveLength(500);
  });
});
