import {
  ALL,
  and,
  conjunctsOf,
  type ExistsClause,
  type Filter,
  NONE,
  not,
  or,
  type SetClause,
} from './ast.ts';
import { type ExistsField, type FieldName, fieldOf, type SetField } from './fields.ts';

/** Where a part stands: the index at each and, or; 0 for the inside of a not. */
export type FilterPath = readonly number[];

/** The filter without one of its parts. What then holds nothing any more goes with it: an or without alternatives too. */
export const removeAt = (filter: Filter, path: FilterPath): Filter => removed(filter, path) ?? ALL;

function removed(filter: Filter, [index, ...rest]: FilterPath): Filter | null {
  if (index === undefined) return null;
  if ('not' in filter) {
    const inner = removed(filter.not, rest);
    return inner && not(inner);
  }
  const join = 'and' in filter ? and : or;
  const parts = 'and' in filter ? filter.and : 'or' in filter ? filter.or : [];
  const kept = parts.flatMap((part, i) => (i === index ? (removed(part, rest) ?? []) : part));
  return kept.length > 0 ? join(...kept) : null;
}

/** «только это»: the field has exactly this value; null: it has none. What the filter said of the field before is dropped. */
export function withOnly(filter: Filter, field: SetField, value: string | null): Filter {
  const clause: Filter = value === null ? missing(field) : { field, in: [value] };
  return swapped(filter, clause, (part) => fieldAsked(part) === field);
}

/**
 * «кроме этого»: everything as before but this value; null: but events without a value. A clause that asked for only
 * this value turns into its exclusion, because nobody means to be left with nothing.
 */
export function without(filter: Filter, field: SetField, value: string | null): Filter {
  if (value === null) {
    const exists = not(missing(field));
    return swapped(filter, exists, (part) => 'exists' in part && part.field === field);
  }
  let done = false;
  const parts = conjunctsOf(filter).flatMap((part): Filter[] => {
    if (isListed(part, field) && !fieldOf(field).multi && part.in.includes(value)) {
      const others = part.in.filter((one) => one !== value);
      if (others.length === 0) return [];
      done = true;
      return [{ field, in: others }];
    }
    if ('not' in part && isListed(part.not, field)) {
      done = true;
      return [{ not: { field, in: [...new Set([...part.not.in, value])] } }];
    }
    return [part];
  });
  return done ? and(...parts) : and(...parts, { not: { field, in: [value] } });
}

/** Sets what the filter asks of a field (or of the text); takes the place of an equal kind of clause, else comes last. */
export function setClause(filter: Filter, clause: Filter): Filter {
  const slot = slotOf(clause);
  return swapped(filter, clause, (part) => slot !== null && slotOf(part) === slot);
}

/** Puts `clause` in the place of the first part that `gives` way to it, or last; the others that give way go. */
function swapped(filter: Filter, clause: Filter, gives: (part: Filter) => boolean): Filter {
  const parts = conjunctsOf(filter);
  const first = parts.findIndex(gives);
  if (first < 0) return and(...parts, clause);
  return and(...parts.flatMap((part, i) => (i === first ? clause : gives(part) ? [] : part)));
}

/** Two clauses of one slot cannot both be shown by one control: a field's values, its exclusions, the text. */
function slotOf(part: Filter): string | null {
  if ('text' in part) return 'text';
  const field = fieldAsked(part);
  return field && ('not' in part ? `-${field}` : field);
}

function fieldAsked(part: Filter): string | null {
  if ('field' in part) return part.field;
  return 'not' in part && 'field' in part.not ? part.not.field : null;
}

const isListed = (part: Filter, field: SetField): part is SetClause => 'in' in part && part.field === field;

/** Fields that cannot be asked for existence are never empty. */
const missing = (field: SetField): ExistsClause | typeof NONE =>
  fieldOf(field).existsPath ? { field: field as ExistsField, exists: false } : NONE;

/** The same filter without what stands on cards: for a reader who may not see them, or the hits would tell it. */
export function openly(filter: Filter): Filter {
  if ('and' in filter) return { and: filter.and.map(openly) };
  if ('or' in filter) return { or: filter.or.map(openly) };
  if ('not' in filter) return { not: openly(filter.not) };
  return 'text' in filter ? { ...filter, openly: true } : filter;
}

type Ref = NonNullable<ReturnType<typeof fieldOf>['ref']>;

/** Whether a clause lists things of a kind, in whichever field. */
const lists = (part: Filter, ref: Ref): part is SetClause => 'in' in part && fieldOf(part.field).ref === ref;

/** The same filter with other things in place of those of a kind that it names. */
export function withRefs(filter: Filter, ref: Ref, idOf: (id: string) => string): Filter {
  const inner = (part: Filter) => withRefs(part, ref, idOf);
  if ('and' in filter) return { and: filter.and.map(inner) };
  if ('or' in filter) return { or: filter.or.map(inner) };
  if ('not' in filter) return { not: inner(filter.not) };
  return lists(filter, ref) ? { ...filter, in: [...new Set(filter.in.map(idOf))] } : filter;
}

/** Whether a filter names one of these things of a kind. */
export function namesAny(filter: Filter, ref: Ref, ids: ReadonlySet<string>): boolean {
  const inner = (part: Filter) => namesAny(part, ref, ids);
  if ('and' in filter) return filter.and.some(inner);
  if ('or' in filter) return filter.or.some(inner);
  if ('not' in filter) return inner(filter.not);
  return lists(filter, ref) && filter.in.some((id) => ids.has(id));
}

/** Whether a filter asks anything of a field. */
export function asksOf(filter: Filter, field: FieldName): boolean {
  if ('and' in filter) return filter.and.some((part) => asksOf(part, field));
  if ('or' in filter) return filter.or.some((part) => asksOf(part, field));
  if ('not' in filter) return asksOf(filter.not, field);
  return 'field' in filter && filter.field === field;
}
