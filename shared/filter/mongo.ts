import type { ResolvedFilter } from './ast.ts';
import { canonical } from './canonical.ts';
import { fieldOf } from './fields.ts';
import { finderQuery } from './search.ts';

export type Query = Record<string, unknown>;

/**
 * The query over the events collection that selects exactly what `toPredicate` accepts. Instants become dates. Uses
 * $and $or $nor $in $nin $ne $gte $lt and $regex on `terms`; what can be asked of a field by equality is,
 * at the top level, where indexes see it.
 */
export const toMongo = (filter: ResolvedFilter): Query => queryOf(canonical(filter));

function queryOf(filter: ResolvedFilter): Query {
  if ('and' in filter) return all(filter.and.map(queryOf));
  if ('or' in filter) return filter.or.length === 0 ? { _id: { $in: [] } } : { $or: filter.or.map(queryOf) };
  if ('not' in filter) return negated(filter.not);
  if ('text' in filter) return finderQuery(filter.text, filter) ?? {};
  const field = fieldOf(filter.field);
  if ('exists' in filter)
    return existence(field.existsPath ?? field.path, field.multi ?? false, filter.exists);
  if ('in' in filter) {
    const query = { [field.path]: filter.in.length === 1 ? filter.in[0] : { $in: filter.in } };
    const { needs } = field;
    if (!needs || !filter.in.includes(needs.value)) return query;
    return { ...query, $nor: [{ [field.path]: needs.value, [needs.path]: null }] };
  }
  return { [field.path]: bounds(filter) };
}

/** The complement; like it, `$ne`, `$nin` and `$nor` accept documents that lack the field. */
function negated(filter: ResolvedFilter): Query {
  if (!('in' in filter) || filter.in.some((value) => value === fieldOf(filter.field).needs?.value))
    return { $nor: [queryOf(filter)] };
  return {
    [fieldOf(filter.field).path]: filter.in.length === 1 ? { $ne: filter.in[0] } : { $nin: filter.in },
  };
}

/** Null also stands for a missing field. A list field is without a value when it is empty. */
function existence(path: string, multi: boolean, exists: boolean): Query {
  if (multi) return { [path]: exists ? { $nin: [null, []] } : { $in: [null, []] } };
  return { [path]: exists ? { $ne: null } : null };
}

function bounds({ from, to }: { from?: string; to?: string }): Query {
  if (from === undefined && to === undefined) return { $ne: null };
  return {
    ...(from !== undefined && { $gte: new Date(from) }),
    ...(to !== undefined && { $lt: new Date(to) }),
  };
}

/** One flat query where no two parts ask of the same field; the rest goes under `$and`. */
function all(queries: Query[]): Query {
  const flat: Query = {};
  const rest: Query[] = [];
  for (const query of queries.flatMap(({ $and = [], ...own }) => [own, ...($and as Query[])])) {
    if (Object.keys(query).some((key) => Object.hasOwn(flat, key))) rest.push(query);
    else Object.assign(flat, query);
  }
  return rest.length > 0 ? { ...flat, $and: rest } : flat;
}
