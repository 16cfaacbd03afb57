import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { Arrangement, FRESH_MS, GHOST_MS } from './arrangement.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 14, 9, minute)).toISOString();
const row = (id: string, minute: number, title = id) =>
  ({ id, occurredAt: at(minute), title }) as SvodkaEvent;
const seen = (list: Arrangement) =>
  list.rows.map(({ event, ghost, fresh }) => event.id + (ghost ? '†' : '') + (fresh ? '+' : '')).join(' ');

describe(Arrangement.name, () => {
  const begin = (...rows: SvodkaEvent[]) => {
    const list = new Arrangement();
    list.arrange(rows, 'none', 0);
    return list;
  };

  it('shows the first rows as they are, none of them as new', () => {
    expect(seen(begin(row('b', 2), row('a', 1)))).toBe('b a');
  });

  it('lets rows slide in while nobody reads', () => {
    const list = begin(row('a', 1));
    list.arrange([row('b', 2), row('a', 1)], 'none', 10);
    expect(seen(list)).toBe('b+ a');
    expect(list.waiting).toBe(0);
  });

  it('marks a row as new for a moment only: one that is scrolled back to has not just come', () => {
    const list = begin(row('a', 1));
    list.arrange([row('b', 2), row('a', 1)], 'none', 10);
    list.arrange([row('c', 3), row('b', 2, 'changed'), row('a', 1)], 'none', 9 + FRESH_MS);
    expect(seen(list)).toBe('c+ b+ a');
    list.arrange([row('c', 3), row('b', 2, 'changed'), row('a', 1)], 'none', 10 + FRESH_MS);
    expect(seen(list)).toBe('c+ b a');
  });

  it('gives a row that nothing is new about the same object again', () => {
    const [b, a] = [row('b', 2), row('a', 1)];
    const list = begin(b, a);
    const before = list.rows;
    list.arrange([row('c', 3), b, a], 'none', 10);
    expect(list.rows.slice(1)).toEqual(before);
    list.rows.slice(1).forEach((each, i) => void expect(each).toBe(before[i]));
  });

  it.each(['new', 'all'] as const)('keeps arriving rows waiting while somebody reads (%s)', (hold) => {
    const list = begin(row('a', 1));
    list.arrange([row('c', 3), row('b', 2), row('a', 1)], hold, 10);
    expect(seen(list)).toBe('a');
    expect(list.waiting).toBe(2);
    list.arrange([row('c', 3), row('b', 2), row('a', 1)], 'none', 20);
    expect(seen(list)).toBe('c+ b+ a');
    expect(list.waiting).toBe(0);
  });

  it('does not count a waiting row that has left again', () => {
    const list = begin(row('a', 1));
    list.arrange([row('b', 2), row('a', 1)], 'all', 10);
    list.arrange([row('a', 1)], 'all', 20);
    expect(list.waiting).toBe(0);
  });

  it('takes older rows of a further page at once, even while somebody reads', () => {
    const list = begin(row('c', 3), row('b', 2));
    list.arrange([row('c', 3), row('b', 2), row('a', 1)], 'all', 10);
    expect(seen(list)).toBe('c b a');
  });

  it('shows what has changed in a row without moving it', () => {
    const list = begin(row('b', 2), row('a', 1));
    list.arrange([row('a', 5, 'later'), row('b', 2)], 'all', 10);
    expect(list.rows.map(({ event }) => event.title)).toEqual(['b', 'later']);
    list.arrange([row('a', 5, 'later'), row('b', 2)], 'none', 20);
    expect(seen(list)).toBe('a b');
  });

  it('keeps a leaving row as a ghost in its place, then lets it go', () => {
    const list = begin(row('c', 3), row('b', 2), row('a', 1));
    list.arrange([row('c', 3), row('a', 1)], 'none', 100);
    expect(seen(list)).toBe('c b† a');
    expect(list.nextDeparture('none')).toBe(100 + GHOST_MS);
    list.arrange([row('c', 3), row('a', 1)], 'none', 100 + GHOST_MS);
    expect(seen(list)).toBe('c a');
    expect(list.nextDeparture('none')).toBeNull();
  });

  it('keeps ghosts under the pointer as long as it is there', () => {
    const list = begin(row('b', 2), row('a', 1));
    list.arrange([row('a', 1)], 'all', 100);
    list.arrange([row('a', 1)], 'all', 100 + 60_000);
    expect(seen(list)).toBe('b† a');
    expect(list.nextDeparture('all')).toBeNull();
    list.arrange([row('a', 1)], 'none', 100 + 60_001);
    expect(seen(list)).toBe('a');
  });

  it('keeps the ghost of the row in hand until it is let go', () => {
    const list = begin(row('b', 2), row('a', 1));
    list.arrange([row('a', 1)], 'new', 100, { anchor: 'b' });
    list.arrange([row('a', 1)], 'new', 100 + GHOST_MS, { anchor: 'b' });
    expect(seen(list)).toBe('b† a');
    list.arrange([row('a', 1)], 'new', 101 + GHOST_MS);
    expect(seen(list)).toBe('a');
  });

  it('brings a ghost back to life when its event returns', () => {
    const list = begin(row('a', 1));
    list.arrange([], 'none', 100);
    list.arrange([row('a', 1)], 'none', 200);
    expect(seen(list)).toBe('a');
    expect(list.nextDeparture('none')).toBeNull();
  });

  it('lets in at once who is welcome, in its place, and moves nothing else', () => {
    const list = begin(row('c', 3), row('a', 1));
    list.arrange([row('d', 4), row('c', 3), row('b', 2), row('a', 1)], 'all', 10, {
      isWelcome: (id) => id === 'b',
    });
    expect(seen(list)).toBe('c b+ a');
    expect(list.waiting).toBe(1);
  });

  it('leaves no ghost of a row that has only gone to another place, unless it is in hand', () => {
    const list = begin(row('c', 3), row('b', 2), row('a', 1));
    list.arrange([], 'all', 10, { anchor: 'b', isElsewhere: (id) => id !== 'a' });
    expect(seen(list)).toBe('b† a†');
  });

  it('is the same list while nothing in it is new, so that nobody draws or measures it again', () => {
    const [b, a] = [row('b', 2), row('a', 1)];
    const list = begin(b, a);
    const { rows } = list;
    list.arrange([b, a], 'none', 10);
    expect(list.rows).toBe(rows);
    list.arrange([a], 'none', 20);
    expect(list.rows).not.toBe(rows);
  });

  it('starts afresh after a reset', () => {
    const list = begin(row('a', 1));
    list.reset();
    list.arrange([row('x', 9)], 'all', 0);
    expect(seen(list)).toBe('x');
  });
});
