import type { ResolvedFilter } from './ast.ts';
import { fieldOf } from './fields.ts';
import { finder } from './search.ts';

type Time = Date | string;

/**
 * What a filter looks at: an event of the contract (ISO times) and a stored document (dates) both fit. `terms` is not
 * part of the contract; where it is missing no text matches.
 */
export type FilterableEvent = {
  /** The stored document's name for `id`. */
  _id?: string;
  id?: string;
  module?: string;
  type?: string;
  importance?: string;
  status?: string;
  dueState?: string;
  projectId?: string | null;
  counterpartyIds?: readonly string[];
  author?: { userId?: string | null } | null;
  claim?: { by: string } | null;
  snooze?: { until: Time | null } | null;
  source?: { batchId?: string | null } | null;
  occurredAt?: Time;
  recordedAt?: Time;
  dueAt?: Time | null;
  visibility?: string;
  departmentId?: string | null;
  audienceIds?: readonly string[];
  attachments?: readonly unknown[] | null | undefined;
  deletedAt?: Time | null;
  terms?: readonly string[];
};

/** A stored order, of whose fields `fields.ts` names the places. */
export type FilterableOrder = {
  _id: string;
  status: string;
  line: { next: string | null; keys: Readonly<Record<string, unknown>> };
  terms?: readonly string[];
};
export type Filterable = FilterableEvent | FilterableOrder;

export type Predicate = (item: Filterable) => boolean;

/**
 * The meaning of the filter language. Compile once, ask often; `toMongo` gives the query with
 * the same answer.
 */
export function toPredicate(filter: ResolvedFilter): Predicate {
  if ('and' in filter) {
    const parts = filter.and.map(toPredicate);
    return (event) => parts.every((part) => part(event));
  }
  if ('or' in filter) {
    const parts = filter.or.map(toPredicate);
    return (event) => parts.some((part) => part(event));
  }
  if ('not' in filter) {
    const part = toPredicate(filter.not);
    return (event) => !part(event);
  }
  if ('text' in filter) {
    const finds = finder(filter.text, filter);
    return ({ terms }) => finds(terms);
  }
  const field = fieldOf(filter.field);
  if ('exists' in filter) {
    const read = reader(field.existsPath ?? field.path);
    return (event) => hasValue(read(event)) === filter.exists;
  }
  const read = reader(field.path);
  if ('in' in filter) {
    const values = new Set<unknown>(filter.in);
    const { needs } = field;
    if (needs && values.has(needs.value)) {
      const readNeeded = reader(needs.path);
      return (event) => {
        const value = read(event);
        return values.has(value) && (value !== needs.value || hasValue(readNeeded(event)));
      };
    }
    return (event) => {
      const value = read(event);
      return Array.isArray(value) ? value.some((one) => values.has(one)) : values.has(value);
    };
  }
  const from = filter.from === undefined ? -Infinity : Date.parse(filter.from);
  const to = filter.to === undefined ? Infinity : Date.parse(filter.to);
  return (event) => {
    const value = read(event);
    if (value === undefined || value === null) return false;
    const time = value instanceof Date ? value.getTime() : Date.parse(value as string);
    return from <= time && time < to;
  };
}

const hasValue = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/** Reads `a`, `a.b` or `a.b.c` of an event, stored or of the contract, or of an order; undefined where there is nothing. */
export function reader(path: string): (item: Filterable) => unknown {
  if (path === '_id') return (item) => item._id ?? (item as FilterableEvent).id;
  const [outer, inner, inmost] = path.split('.') as [string, string?, string?];
  const read = (from: unknown, key: string): unknown =>
    (from as Record<string, unknown> | null | undefined)?.[key];
  if (inner === undefined) return (item) => read(item, outer);
  if (inmost === undefined) return (item) => read(read(item, outer), inner);
  return (item) => read(read(read(item, outer), inner), inmost);
}
