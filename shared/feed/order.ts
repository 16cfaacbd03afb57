import type { SvodkaEvent } from '../contracts/event.ts';
import type { Id } from '../contracts/id.ts';

/** Where a row stands in a feed. Instants are ISO strings in UTC with milliseconds, so they compare as strings. */
export type RowKey = { occurredAt: string; id: Id };

/** The order of a feed, newest first: (occurredAt desc, id desc). Negative when `a` stands above `b`. */
export function compareRows(a: RowKey, b: RowKey): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt > b.occurredAt ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}

/** The place in `rows` (in the feed's order) where `key` stands, or would stand. */
export function placeOf(rows: readonly RowKey[], key: RowKey): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRows(rows[middle] as RowKey, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The text that `next` and `after` of an event list carry: a page goes on strictly below this key. It is the server's
 * keyset packing; a client reads it only to know how far down it has loaded, which is not always its last row.
 */
export function formatRowKey({ occurredAt, id }: RowKey): string {
  return btoa(JSON.stringify([Date.parse(occurredAt), id]))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '');
}

/** The key that a text of `formatRowKey` names; null when it is none. */
export function parseRowKey(text: string): RowKey | null {
  try {
    const [ms, id, ...rest] = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    if (typeof ms !== 'number' || typeof id !== 'string' || rest.length > 0) return null;
    return { occurredAt: new Date(ms).toISOString(), id };
  } catch {
    return null;
  }
}

type Urgent = RowKey & Pick<SvodkaEvent, 'dueState' | 'dueAt'>;
/** What is overdue first, the longest of all; then what is due the soonest; then the newest. */
export function compareUrgency(a: Urgent, b: Urgent): number {
  const late = Number(b.dueState === 'overdue') - Number(a.dueState === 'overdue');
  if (late !== 0) return late;
  if (a.dueAt !== b.dueAt) {
    if (a.dueAt === null) return 1;
    if (b.dueAt === null) return -1;
    return a.dueAt < b.dueAt ? -1 : 1;
  }
  return compareRows(a, b);
}
