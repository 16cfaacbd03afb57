import fc from 'fast-check';
import type { SvodkaEvent } from '../contracts/event.ts';
import type { FeedFrame, FeedOp, FeedSnapshot } from './feed.ts';
import { FeedView } from './feed-view.ts';
import { compareRows, formatRowKey, parseRowKey } from './order.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString();

function event(id: string, minute: number, version = 1): SvodkaEvent {
  return { id, occurredAt: at(minute), version, title: `${id} v${version}` } as SvodkaEvent;
}

const noRefs = { projects: [], counterparties: [], users: [] };
const position = (n: number) => String(n).padStart(4, '0');
const snapshot = (n: number, rows: SvodkaEvent[], next: string | null = null): FeedSnapshot => ({
  mode: 'snapshot',
  room: 'r',
  position: position(n),
  rows,
  next,
  refs: noRefs,
  count: { n: rows.length, exact: true },
  reset: false,
});
const frame = (prev: number, now: number, ...ops: FeedOp[]): FeedFrame => ({
  room: 'r',
  prev: position(prev),
  position: position(now),
  ops,
  refs: noRefs,
});
const upsert = (row: SvodkaEvent): FeedOp => ({ op: 'upsert', event: row });
const leave = (id: string, version: number): FeedOp => ({ op: 'leave', id, version });
const ids = (view: FeedView) => view.rows.map((row) => row.id).join(' ');

describe('order of a feed', () => {
  it('puts the newest first, and the higher id first at one instant', () => {
    const rows = [event('a', 1), event('b', 1), event('c', 2)].sort(compareRows);
    expect(rows.map((row) => row.id)).toEqual(['c', 'b', 'a']);
  });

  it('reads back the key that it wrote, and nothing else', () => {
    const key = { occurredAt: at(5), id: '0193-ab' };
    expect(parseRowKey(formatRowKey(key))).toEqual(key);
    for (const text of [
      '',
      'x',
      '%%%',
      btoa('[1]'),
      btoa('["1","a"]'),
      btoa('[1,"a",2]'),
      btoa('[1e99,"a"]'),
    ]) {
      expect(parseRowKey(text)).toBeNull();
    }
  });
});

describe(FeedView.name, () => {
  it('inserts, changes, moves and removes rows in the order of the feed', () => {
    const view = new FeedView(snapshot(1, [event('a', 1), event('b', 2)]));
    expect(view.apply(frame(1, 2, upsert(event('c', 3)), upsert(event('a', 1, 2))))).toBe('applied');
    expect(ids(view)).toBe('c b a');
    expect(view.get('a')?.title).toBe('a v2');
    view.apply(frame(2, 3, upsert(event('a', 9, 3)), leave('b', 2)));
    expect(ids(view)).toBe('a c');
    view.apply(frame(3, 4, { op: 'delete', id: 'c', version: 5 }));
    expect(ids(view)).toBe('a');
  });

  it('never lets an older version overwrite a newer one (F4)', () => {
    const view = new FeedView(snapshot(1, [event('a', 1, 5)]));
    view.apply(frame(1, 2, upsert(event('a', 1, 4)), leave('a', 4)));
    expect(view.get('a')?.version).toBe(5);
    view.apply(frame(2, 3, leave('a', 5)));
    expect(view.get('a')).toBeUndefined();
  });

  it('tells a frame that it has seen, and one that it has missed (F5)', () => {
    const view = new FeedView(snapshot(5, []));
    expect(view.apply(frame(3, 4, upsert(event('a', 1))))).toBe('seen');
    expect(view.apply(frame(6, 7, upsert(event('a', 1))))).toBe('missed');
    expect(ids(view)).toBe('');
    expect(view.position).toBe(position(5));
    expect(view.isBehind(position(7))).toBe(true);
    view.resume({
      mode: 'resumed',
      room: 'r',
      position: position(7),
      frames: [frame(5, 6, upsert(event('b', 2))), frame(6, 7, upsert(event('a', 1)))],
      count: { n: 2, exact: true },
    });
    expect(ids(view)).toBe('b a');
    expect(view.isBehind(position(7))).toBe(false);
    expect(view.apply(frame(7, 8, leave('b', 2)))).toBe('applied');
  });

  it('takes a frame that straddles a position it resumed to', () => {
    const view = new FeedView(snapshot(5, []));
    view.resume({
      mode: 'resumed',
      room: 'r',
      position: position(6),
      frames: [],
      count: { n: 0, exact: true },
    });
    expect(view.apply(frame(5, 7, upsert(event('a', 1))))).toBe('applied');
  });

  describe('with a window (F8)', () => {
    const windowed = () =>
      new FeedView(snapshot(1, [event('e', 5), event('d', 4)], formatRowKey(event('d', 4))));

    it('keeps what is not below the lowest loaded key', () => {
      const view = windowed();
      view.apply(frame(1, 2, upsert(event('c', 3)), upsert(event('f', 6))));
      expect(ids(view)).toBe('f e d');
      expect(view.next).not.toBeNull();
    });

    it('lets a row go that moves below', () => {
      const view = windowed();
      view.apply(frame(1, 2, upsert(event('e', 1, 2))));
      expect(ids(view)).toBe('d');
    });

    it('keeps its floor when the lowest row leaves', () => {
      const view = windowed();
      view.apply(frame(1, 2, leave('d', 2)));
      view.apply(frame(2, 3, upsert(event('dd', 4))));
      expect(ids(view)).toBe('e dd');
    });

    it('does not bring back with a page what left while the page was on its way', () => {
      const view = windowed();
      view.expectPage();
      view.apply(frame(1, 2, leave('c', 2), upsert(event('b', 2, 7)), upsert(event('n', 1))));
      view.append({ items: [event('c', 3), event('b', 2, 6)], next: null });
      expect(ids(view)).toBe('e d b n');
      expect(view.get('b')?.version).toBe(7);
      expect(view.next).toBeNull();
    });

    it('does not bring back what rose above the floor and left while the page was on its way', () => {
      const view = windowed();
      view.expectPage();
      view.apply(frame(1, 2, upsert(event('c', 6, 2)), leave('c', 3)));
      view.append({ items: [event('c', 3, 1)], next: null });
      expect(ids(view)).toBe('e d');
    });

    it('does not lose to an old leave what the page has in a newer version', () => {
      const view = windowed();
      view.expectPage();
      view.apply(frame(1, 2, leave('c', 2)));
      view.append({ items: [event('c', 3, 3)], next: null });
      expect(ids(view)).toBe('e d c');
    });
  });

  it('equals the query after any interleaving of changes, pages and lost frames (F1)', () => {
    const LIMIT = 5;
    const step = fc.record({
      id: fc.integer({ min: 0, max: 11 }),
      minute: fc.integer({ min: 0, max: 9 }),
      what: fc.constantFrom('match', 'match', 'leave', 'page-ask', 'page-read', 'page-take', 'lose'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const stored = new Map<string, { row: SvodkaEvent; matches: boolean }>();
        const log: FeedFrame[] = [];
        const query = (after: string | null, limit: number) => {
          const key = after === null ? null : parseRowKey(after);
          const all = [...stored.values()]
            .filter(({ row, matches }) => matches && (!key || compareRows(row, key) > 0))
            .map(({ row }) => row)
            .sort(compareRows);
          const items = all.slice(0, limit);
          const last = items.at(-1);
          return { items, next: all.length > limit && last ? formatRowKey(last) : null };
        };
        for (let n = 0; n < 12; n++) {
          const name = `e${String(n).padStart(2, '0')}`;
          stored.set(name, { row: event(name, n % 10), matches: true });
        }
        const first = query(null, LIMIT);
        const view = new FeedView(snapshot(0, first.items, first.next));
        let page: { items: SvodkaEvent[]; next: string | null } | 'asked' | null = null;
        for (const { id, minute, what } of steps) {
          if (what === 'page-ask') {
            if (page || view.next === null) continue;
            page = 'asked';
            view.expectPage();
          } else if (what === 'page-read') {
            if (page === 'asked' && view.next !== null) page = query(view.next, LIMIT);
          } else if (what === 'page-take') {
            if (!page || page === 'asked') continue;
            view.append(page);
            page = null;
          } else {
            const name = `e${String(id).padStart(2, '0')}`;
            const held = stored.get(name);
            const matches = what !== 'leave';
            const row = event(name, minute, (held?.row.version ?? 0) + 1);
            stored.set(name, { row, matches });
            const op = matches ? upsert(row) : held?.matches ? leave(name, row.version) : null;
            if (!op) continue;
            log.push(frame(log.length, log.length + 1, op));
            if (what === 'lose') continue;
            if (view.apply(log.at(-1) as FeedFrame) === 'missed') {
              const missed = log.filter((lost) => lost.position > view.position);
              view.resume({
                mode: 'resumed',
                room: 'r',
                position: position(log.length),
                frames: missed,
                count: { n: 0, exact: true },
              });
            }
          }
        }
        for (const lost of log) view.apply(lost);
        if (page && page !== 'asked') view.append(page);
        while (view.next !== null) view.append(query(view.next, LIMIT));
        expect(view.rows).toEqual(query(null, 1000).items);
      }),
      { numRuns: 1500 },
    );
  });
});
