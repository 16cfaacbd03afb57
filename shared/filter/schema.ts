import { z } from 'zod';
import { CalendarDateSchema, InstantSchema } from '../contracts/common.ts';
import { reasonsFrom } from '../contracts/issues.ts';
import { type Filter, UNITS } from './ast.ts';
import { type FieldName, fieldOf, isFieldName, type Subject, subjectOf } from './fields.ts';

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
export function clauseSchema(clause: Record<string, unknown>, of: Subject = 'events'): z.ZodType | null {
  if ('text' in clause) return TextClauseSchema;
  const name = clause.field;
  if (!isFieldName(name) || subjectOf(name) !== of) return null;
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
  if (field.kind === 'flag') return null;
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
  seen: { of: Subject; nodes: number; leaves: number },
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
  const schema = clauseSchema(node, seen.of);
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
const schemaOf = (of: Subject): z.ZodType<Filter, Filter> =>
  z.custom<Filter>().transform((input, ctx) => {
    try {
      return read(input, [], 1, { of, nodes: 0, leaves: 0 });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      ctx.addIssue({ code: 'custom', path: error.path, message: error.message });
      return z.NEVER;
    }
  });

/** Filters of events. */
export const FilterSchema = schemaOf('events');
export const FILTER_SCHEMAS: Record<Subject, z.ZodType<Filter, Filter>> = {
  events: FilterSchema,
  orders: schemaOf('orders'),
};
