import type { ResolvedFilter } from './ast.ts';
import { canonical } from './canonical.ts';
import { FIELD_NAMES, FIELDS, fieldOf, type SetField, subjectOf } from './fields.ts';
import { type FilterableEvent, reader } from './predicate.ts';

const termOf = (field: SetField, value: string): string => `${field}=${value}`;
const DEFAULT_SHARE = 0.5;

/**
 * By which terms an index finds a filter: the alternatives of its rarest clause. Each alternative lists the terms that
 * an event then carries together (one, as it stands). Law: an event that matches carries the terms of at least one
 * alternative. Null: the filter asks for no value by equality, so every event is a candidate; an empty list: nothing
 * ever matches.
 */
export function requiredTerms(filter: ResolvedFilter): string[][] | null {
  return rarest(canonical(filter))?.terms.map((term) => [term]) ?? null;
}

type Choice = { terms: string[]; share: number };

function rarest(filter: ResolvedFilter): Choice | null {
  if ('in' in filter) {
    const { share = DEFAULT_SHARE } = fieldOf(filter.field);
    return { terms: filter.in.map((value) => termOf(filter.field, value)), share: share * filter.in.length };
  }
  if ('and' in filter) {
    return filter.and.map(rarest).reduce((a, b) => (a && b ? (b.share < a.share ? b : a) : (a ?? b)), null);
  }
  if ('or' in filter) {
    const choices = filter.or.map(rarest);
    if (choices.includes(null)) return null;
    const found = choices as Choice[];
    return {
      terms: found.flatMap((one) => one.terms),
      share: found.reduce((sum, one) => sum + one.share, 0),
    };
  }
  return null;
}

const SET_READERS = FIELD_NAMES.filter(
  (name) => FIELDS[name].kind === 'set' && subjectOf(name) === 'events',
).map((name) => [name as SetField, reader(fieldOf(name).path)] as const);

/** The terms that an event carries. */
export function* termsOfEvent(event: FilterableEvent): Iterable<string> {
  for (const [name, read] of SET_READERS) {
    const value = read(event);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') yield termOf(name, one);
    }
  }
}
