import { type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { Filter, NOTHING, openExecution } from '../index/execution.ts';
import { encodeValue } from '../index/key-encoding.ts';
import { distinctValuesAt } from '../values/paths.ts';
import { args, type Command, type Context, type Reply } from './command.ts';

export interface CountRequest {
  filter: Filter;
  hint?: unknown;
  skip: number;
  /** 0 for no limit. */
  limit: number;
}

/** Number of matches. Without a filter it is known; with one that an index answers wholly, keys are counted. */
export async function countMatches(
  { engine, db, operation }: Context,
  name: string,
  { filter, hint, skip, limit }: CountRequest,
): Promise<number> {
  const collection = engine.catalog.find(db, name);
  if (!collection) return 0;
  const window = (all: number) => Math.min(Math.max(all - skip, 0), limit || Number.POSITIVE_INFINITY);
  if (filter.empty && hint === undefined) return window(collection.count);
  const run = openExecution(engine.store.durable, engine.records, collection, filter, { hint });
  const enough = limit === 0 ? Number.POSITIVE_INFINITY : skip + limit;
  try {
    while (run.returned < enough && run.stepCount() !== undefined) {
      if (!operation.spent) continue;
      run.pause();
      await operation.breathe();
    }
  } finally {
    run.pause();
  }
  return window(run.returned);
}

async function count(context: Context): Promise<Reply> {
  const given = args(context, 'query', 'limit', 'skip', 'hint', 'collation', 'fields');
  given.checkCollation();
  const limit = Number(given.raw('limit') ?? 0);
  const n = await countMatches(context, given.collection(), {
    filter: new Filter(given.document('query') ?? {}),
    hint: given.raw('hint'),
    skip: given.count('skip') ?? 0,
    // A negative limit is an old way to say the same.
    limit: Math.abs(limit),
  });
  return { fields: { n } };
}

const MAX_DISTINCT_BYTES = 16 * 1024 * 1024;

async function distinct(context: Context): Promise<Reply> {
  const { engine, db, operation } = context;
  const given = args(context, 'key', 'query', 'collation', 'hint');
  given.checkCollation();
  const name = given.collection();
  const key = given.string('key');
  if (key === undefined)
    throw new MongoError(40414, "BSON field 'distinct.key' is missing but a required field");
  const filter = new Filter(given.document('query') ?? {});
  const collection = engine.catalog.find(db, name);
  const values = new Map<string, unknown>();
  if (!collection) return { fields: { values: [] } };
  const run = openExecution(engine.store.durable, engine.records, collection, filter, {
    hint: given.raw('hint'),
  });
  let bytes = 0;
  try {
    for (let step = run.step(); step !== undefined; step = run.step()) {
      if (step !== NOTHING) {
        for (const value of distinctValuesAt(step.document as Document, key)) {
          const identity = encodeValue(value).toString('latin1');
          if (values.has(identity)) continue;
          values.set(identity, value);
          bytes += identity.length + 16;
          if (bytes > MAX_DISTINCT_BYTES) throw new MongoError(17217, 'distinct too big, 16mb cap');
        }
      }
      if (!operation.spent) continue;
      run.pause();
      await operation.breathe();
    }
  } finally {
    run.pause();
  }
  return {
    fields: { values: [...values.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value) },
  };
}

export const countCommands: Command[] = [
  { name: 'count', handle: count },
  { name: 'distinct', handle: distinct },
];
