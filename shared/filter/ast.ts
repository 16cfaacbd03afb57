import { z } from 'zod';
import { CalendarDateSchema, InstantSchema } from '../contracts/common.ts';
import { reasonsFrom } from '../contracts/issues.ts';
import {
  type ExistsField,
  type FieldName,
  fieldOf,
  isFieldName,
  type SetField,
  type TimeField,
} from './fields.ts';

/** A point that moves with the clock: the start or end of the hour, day, week (from Monday) or month `offset` away from now. */
export type RelativePoint = { unit: (typeof UNITS)[number]; offset: number; edge: 'start' | 'end' };
const UNITS = ['hour', 'day', 'week', 'month'] as const;

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

/** Whether a string bound is a calendar date and not an instant. */
export const isCalendarDate = (bound: string): boolean => /^\d{4}-\d\d-\d\d$/.test(bound);

/** The parts of the and at the top: what a filter bar shows as chips. */
export const conjunctsOf = (filter: Filter): Filter[] => ('and' in filter ? filter.and : [filter]);

export const LIMITS = { depth: 6, leaves: 20, nodes: 100, values: 100, text: 200, id: 100 } as const;

const IdText = z
  .string()
  .min(1)
  .max(LIMITS.id)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, { error: 'control-characters' });

const BoundSchema = z.union([
  CalendarDateSchema,
  InstantSchema,
  z.strictObject({
    unit: z.enum(UNITS),
    offset: z.number().int().min(-10_000).max(10_000),
    edge: z.enum(['start', 'end']),
  }),
]);

const TextClauseSchema = z.strictObject({ text: z.string().max(LIMITS.text) });

/** A schema is compiled when it is first used, which takes a hundred times as long as a use: each is made once. */
const clauseSchemas = new Map<string, z.ZodType | null>();

/** The schema of one clause, by what its field can be asked. A field that users may not ask of is unknown to them. */
export function clauseSchema(clause: Record<string, unknown>): z.ZodType | null {
  if ('text' in clause) return TextClauseSchema;
  const name = clause.field;
  if (!isFieldName(name)) return null;
  const key = `${name} ${'exists' in clause}`;
  let schema = clauseSchemas.get(key);
  if (schema === undefined) {
    schema = makeClauseSchema(name, clause);
    clauseSchemas.set(key, schema);
  }
  return schema;
}

function makeClauseSchema(name: FieldName, clause: Record<string, unknown>): z.ZodType | null {
  const field = fieldOf(name);
  if (!field.userFilterable) return null;
  const named = { field: z.literal(name) };
  if ('exists' in clause && field.existsPath) return z.strictObject({ ...named, exists: z.boolean() });
  if (field.kind === 'time') {
    return z
      .strictObject({ ...named, from: BoundSchema.optional(), to: BoundSchema.optional() })
      .refine((range) => range.from !== undefined || range.to !== undefined, { error: 'expected-bound' });
  }
  const value = field.values ? z.enum(field.values as [string, ...string[]]) : IdText;
  return z.strictObject({ ...named, in: z.array(value).min(1).max(LIMITS.values) });
}

class Refused extends Error {
  constructor(
    message: string,
    readonly path: PropertyKey[],
  ) {
    super(message);
  }
}

/**
 * Walks unchecked input and gives the filter as it is to be used. Recursion ends at `LIMITS.depth`.
 * @throws Refused the first thing that is wrong
 */
function read(
  input: unknown,
  path: PropertyKey[],
  depth: number,
  seen: { nodes: number; leaves: number },
): Filter {
  const fail = (message: string, at: PropertyKey[] = path): never => {
    throw new Refused(message, at);
  };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return fail('expected-filter');
  if (depth > LIMITS.depth) return fail('too-deep');
  if (++seen.nodes > LIMITS.nodes) return fail('too-many-clauses');
  const node = input as Record<string, unknown>;
  const keys = Object.keys(node);
  for (const key of ['and', 'or'] as const) {
    if (!Object.hasOwn(node, key)) continue;
    const parts = node[key];
    if (keys.length !== 1 || !Array.isArray(parts)) return fail('expected-filter');
    const filters = parts.map((part, i) => read(part, [...path, key, i], depth + 1, seen));
    return key === 'and' ? { and: filters } : { or: filters };
  }
  if (Object.hasOwn(node, 'not')) {
    if (keys.length !== 1) return fail('expected-filter');
    return { not: read(node.not, [...path, 'not'], depth + 1, seen) };
  }
  if (++seen.leaves > LIMITS.leaves) return fail('too-many-clauses');
  if (!Object.hasOwn(node, 'field') && !Object.hasOwn(node, 'text')) return fail('expected-filter');
  const schema = clauseSchema(node);
  if (!schema) return fail('field-not-filterable', [...path, 'field']);
  const result = schema.safeParse(node);
  const issue = result.error?.issues[0];
  if (!issue) return result.data as Filter;
  const reason = issue.code === 'invalid_union' ? reasonsFrom([issue])[0]?.reason : undefined;
  return fail(reason ?? issue.message, [...path, ...issue.path]);
}

/**
 * Filters as users and scripts send them: strict, within `LIMITS`, only fields that users may ask of, instants
 * normalised to UTC. Issues name the clause by its path and have a kebab-case reason as message where one exists
 * (`field-not-filterable`, `too-deep`, `too-many-clauses`, `expected-filter`, `expected-bound`).
 */
export const FilterSchema: z.ZodType<Filter, Filter> = z.custom<Filter>().transform((input, ctx) => {
  try {
    return read(input, [], 1, { nodes: 0, leaves: 0 });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    ctx.addIssue({ code: 'custom', path: error.path, message: error.message });
    return z.NEVER;
  }
});
