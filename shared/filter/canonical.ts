import { ALL, and, conjunctsOf, isAll, isNone, NONE, not, or, type ResolvedFilter } from './ast.ts';
import { fieldOf } from './fields.ts';
import { chunksOf } from './search.ts';

/**
 * The same key for filters that mean the same in any plain sense: order, repetition, nesting, double negation,
 * De Morgan, ranges and lists that meet on one field. Rooms and caches are told apart by it.
 */
export const canonicalKey = (filter: ResolvedFilter): string => JSON.stringify(canonical(filter));

/** A filter of the same meaning in its one canonical shape: negations at the leaves, merged, sorted. */
export function canonical(filter: ResolvedFilter): ResolvedFilter {
  if ('and' in filter) return conjunction(filter.and.map(canonical));
  if ('or' in filter) return disjunction(filter.or.map(canonical));
  if ('not' in filter) return negation(filter.not);
  if ('text' in filter) return conjunction(pieces(filter));
  if ('in' in filter) return listed(filter.field, filter.in);
  if ('exists' in filter) return { field: filter.field, exists: filter.exists };
  return range(filter.field, filter.from, filter.to);
}

function negation(filter: ResolvedFilter): ResolvedFilter {
  if ('not' in filter) return canonical(filter.not);
  if ('and' in filter) return disjunction(filter.and.map(negation));
  if ('or' in filter) return conjunction(filter.or.map(negation));
  if ('text' in filter) return disjunction(pieces(filter).map(not) as ResolvedFilter[]);
  return not(canonical(filter));
}

/** A text is what all of its pieces are, in any order. Each alone, because two of them side by side may be one phone. */
const pieces = ({ text, openly }: Text): ResolvedFilter[] =>
  chunksOf(text).map((piece) => ({ text: piece, ...(openly && { openly }) }));

type Text = Extract<ResolvedFilter, { text: string }>;

type Listed = Extract<ResolvedFilter, { in: string[] }>;
type Range = Extract<ResolvedFilter, { from?: string }>;

function listed(field: Listed['field'], values: Iterable<string>): ResolvedFilter {
  const sorted = [...new Set(values)].sort();
  return sorted.length === 0 ? NONE : { field, in: sorted };
}

function range(field: Range['field'], from?: string, to?: string): ResolvedFilter {
  if (from !== undefined && to !== undefined && from >= to) return NONE;
  return { field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

const isRange = (filter: ResolvedFilter): filter is Range =>
  'field' in filter && !('in' in filter) && !('exists' in filter);
const isListed = (filter: ResolvedFilter): filter is Listed => 'in' in filter;
const isExcluded = (filter: ResolvedFilter): filter is { not: Listed } =>
  'not' in filter && 'in' in filter.not;

/** One clause out of two that must both match, or null when they stay two. */
function meet(a: ResolvedFilter, b: ResolvedFilter): ResolvedFilter | null {
  if (isRange(a) && isRange(b) && a.field === b.field) {
    return range(a.field, latest(a.from, b.from), earliest(a.to, b.to));
  }
  if (isExcluded(a) && isExcluded(b) && a.not.field === b.not.field) {
    return not(listed(a.not.field, [...a.not.in, ...b.not.in]));
  }
  if (isListed(a) && !fieldOf(a.field).multi) {
    if (isListed(b) && a.field === b.field)
      return listed(
        a.field,
        a.in.filter((value) => b.in.includes(value)),
      );
    if (isExcluded(b) && a.field === b.not.field)
      return listed(
        a.field,
        a.in.filter((value) => !b.not.in.includes(value)),
      );
  }
  return null;
}

/** One clause out of two of which either may match, or null. */
const join = (a: ResolvedFilter, b: ResolvedFilter): ResolvedFilter | null =>
  isListed(a) && isListed(b) && a.field === b.field ? listed(a.field, [...a.in, ...b.in]) : null;

const latest = (a?: string, b?: string) => (a === undefined || (b !== undefined && b > a) ? b : a);
const earliest = (a?: string, b?: string) => (a === undefined || (b !== undefined && b < a) ? b : a);

/** Merges each part into an earlier one where the two make one; `merge` gives null where they do not. */
function merged(
  parts: ResolvedFilter[],
  merge: (a: ResolvedFilter, b: ResolvedFilter) => ResolvedFilter | null,
): ResolvedFilter[] {
  const kept: ResolvedFilter[] = [];
  for (let part of parts) {
    for (let i = 0; i < kept.length; i++) {
      const earlier = kept[i] as ResolvedFilter;
      const one = merge(earlier, part) ?? merge(part, earlier);
      if (!one) continue;
      kept.splice(i, 1);
      part = one;
      i = -1; // the merged clause may meet an earlier one in turn
    }
    kept.push(part);
  }
  return kept;
}

const key = (filter: ResolvedFilter): string => JSON.stringify(filter);
const sorted = (parts: ResolvedFilter[]): ResolvedFilter[] =>
  parts
    .map((part) => [key(part), part] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part);
const contradicts = (parts: ResolvedFilter[]): boolean => {
  const keys = new Set(parts.map(key));
  return parts.some((part) => keys.has(key(not(part))));
};

function conjunction(parts: ResolvedFilter[]): ResolvedFilter {
  const flat = conjunctsOf(and(...parts)) as ResolvedFilter[];
  const kept = merged(flat, meet);
  if (kept.some(isNone) || contradicts(kept)) return NONE;
  return and(...sorted(kept));
}

function disjunction(parts: ResolvedFilter[]): ResolvedFilter {
  const whole = or(...parts);
  const kept = merged('or' in whole ? whole.or : [whole], join);
  if (kept.some(isAll) || contradicts(kept)) return ALL;
  return or(...sorted(kept));
}
