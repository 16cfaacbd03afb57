import type { ExistsField, SetField, TimeField } from './fields.ts';

/** A point that moves with the clock: the start or end of the hour, day, week (from Monday) or month `offset` away from now. */
export type RelativePoint = { unit: (typeof UNITS)[number]; offset: number; edge: 'start' | 'end' };
export const UNITS = ['hour', 'day', 'week', 'month'] as const;

/**
 * End of a time range. A string is an ISO instant, or a calendar date `2025-03-14` in the reader's zone, which as
 * `from` means the start of that day and as `to` its end.
 */
export type Bound = string | RelativePoint;

type Clause<B> =
  /** The field has one of the values (a list field: at least one). Empty: nothing matches. */
  | { field: SetField; in: string[] }
  /** Half open: `from` ≤ value < `to`. Nothing matches where the event has no such time. */
  | { field: TimeField; from?: B; to?: B }
  /** Whether the event has a value at all: a project, a deadline. */
  | { field: ExistsField; exists: boolean }
  /** The event is found by the text: `search.ts`. `openly` is the server's: without what the reader may not see. */
  | { text: string; openly?: true };

type Node<B> = { and: Node<B>[] } | { or: Node<B>[] } | { not: Node<B> } | Clause<B>;

/**
 * Which events match. `not` is the exact complement, so it includes events that lack the field.
 * What each clause means is written once, in `predicate.ts`; everything else is held to it by tests.
 */
export type Filter = Node<Bound>;
/** A filter whose times are all ISO instants in UTC: what `resolveFilter` gives and what is executed. */
export type ResolvedFilter = Node<string>;

export type SetClause = { field: SetField; in: string[] };
export type TimeClause<B = Bound> = { field: TimeField; from?: B; to?: B };
export type ExistsClause = { field: ExistsField; exists: boolean };
/** A filter without and, or, not. */
export type Leaf = Clause<Bound>;

export const ALL: { and: [] } = { and: [] };
export const NONE: { or: [] } = { or: [] };

export const isAll = (filter: Filter): boolean => 'and' in filter && filter.and.length === 0;
export const isNone = (filter: Filter): boolean => 'or' in filter && filter.or.length === 0;

const unique = (filters: Filter[]): Filter[] => [
  ...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values(),
];

/** All of them. Flattens, drops what says nothing; one filter alone stays as it is. */
export function and(...filters: ResolvedFilter[]): ResolvedFilter;
export function and(...filters: Filter[]): Filter;
export function and(...filters: Filter[]): Filter {
  const parts = unique(filters.flatMap((filter) => ('and' in filter ? filter.and : [filter])));
  if (parts.some(isNone)) return NONE;
  return parts.length === 1 ? (parts[0] as Filter) : { and: parts };
}

/** Any of them. */
export function or(...filters: ResolvedFilter[]): ResolvedFilter;
export function or(...filters: Filter[]): Filter;
export function or(...filters: Filter[]): Filter {
  const parts = unique(filters.flatMap((filter) => ('or' in filter ? filter.or : [filter])));
  if (parts.some(isAll)) return ALL;
  return parts.length === 1 ? (parts[0] as Filter) : { or: parts };
}

/** Everything else. */
export function not(filter: ResolvedFilter): ResolvedFilter;
export function not(filter: Filter): Filter;
export function not(filter: Filter): Filter {
  if (isAll(filter)) return NONE;
  if (isNone(filter)) return ALL;
  if ('not' in filter) return filter.not;
  if ('exists' in filter) return { field: filter.field, exists: !filter.exists };
  return { not: filter };
}

/** The filter with each of its clauses changed, and put together as it was. */
export function mapLeaves<B, C>(filter: Node<B>, change: (clause: Clause<B>) => Node<C>): Node<C> {
  if ('and' in filter) return { and: filter.and.map((part) => mapLeaves(part, change)) };
  if ('or' in filter) return { or: filter.or.map((part) => mapLeaves(part, change)) };
  if ('not' in filter) return { not: mapLeaves(filter.not, change) };
  return change(filter);
}

/** Whether a string bound is a calendar date and not an instant. */
export const isCalendarDate = (bound: string): boolean => /^\d{4}-\d\d-\d\d$/.test(bound);

/** The parts of the and at the top: what a filter bar shows as chips. */
export const conjunctsOf = (filter: Filter): Filter[] => ('and' in filter ? filter.and : [filter]);
