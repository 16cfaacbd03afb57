import { type Document, Long } from 'bson';
import { badValue, failedToParse, MongoError } from '../errors.ts';
import { Filter, openExecution } from '../index/execution.ts';
import { compileSorter } from '../query/sort.ts';
import { isNumber } from '../values/types.ts';
import type { Arguments } from './arguments.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { Batch, FIRST_BATCH, type Source } from './cursors.ts';
import { emptySource, FindSource } from './find-source.ts';
import { type Shape, shapeOf } from './shape.ts';

export const FIND_FIELDS = [
  'filter',
  'sort',
  'projection',
  'hint',
  'skip',
  'limit',
  'batchSize',
  'singleBatch',
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'tailable',
  'awaitData',
  'noCursorTimeout',
  'allowDiskUse',
  'allowPartialResults',
  'oplogReplay',
  'let',
  'collation',
];

/** What a find asks for, checked. */
export interface FindRequest {
  filter: Filter;
  sort: Document | undefined;
  hint: unknown;
  skip: number;
  limit: number;
  project: Shape | undefined;
}

export function parseFind(given: Arguments): FindRequest {
  given.checkCollation();
  given.refuse('min', 'max', 'returnKey', 'showRecordId', 'let');
  if (given.boolean('tailable') || given.boolean('awaitData')) {
    throw badValue('error processing query: tailable cursor requested on non capped collection');
  }
  const now = new Date();
  const projection = given.document('projection');
  return {
    filter: new Filter(given.document('filter') ?? {}, now),
    sort: sortOf(given.document('sort')),
    hint: given.raw('hint'),
    skip: given.count('skip') ?? 0,
    limit: given.count('limit') ?? 0,
    project: projection && Object.keys(projection).length > 0 ? shapeOf(projection, now) : undefined,
  };
}

/** undefined for no order; `$natural` is left to the caller's hint. */
function sortOf(sort: Document | undefined): Document | undefined {
  if (!sort || Object.keys(sort).length === 0) return undefined;
  if ('$natural' in sort) return sort;
  compileSorter(sort);
  return sort;
}

/** The source of a find on a collection that exists. */
export function findSource({ engine, db }: Context, request: FindRequest, name: string): Source {
  const collection = engine.catalog.find(db, name);
  if (!collection) return emptySource;
  const { filter, skip, limit, project } = request;
  const natural = request.sort && '$natural' in request.sort;
  const sort = natural ? undefined : request.sort;
  const run = openExecution(engine.store.durable, engine.records, collection, filter, {
    hint: natural ? request.sort : request.hint,
    limited: limit > 0,
    ...(sort && { sort }),
  });
  return new FindSource(run, {
    skip,
    limit,
    ...(sort && !run.plan.sorted && { sort }),
    ...(project && { project }),
  });
}

async function find(context: Context): Promise<Reply> {
  const { db } = context;
  const given = args(context, ...FIND_FIELDS);
  const name = given.collection();
  const request = parseFind(given);
  const source = findSource(context, request, name);
  return openCursor(context, `${db}.${name}`, source, {
    batchSize: given.count('batchSize') ?? FIRST_BATCH,
    single: given.boolean('singleBatch'),
    keepAlive: given.boolean('noCursorTimeout'),
  });
}

export interface CursorOptions {
  batchSize: number;
  single?: boolean;
  keepAlive?: boolean;
}

/** Answers the first batch and keeps the cursor when there is more. */
export async function openCursor(
  { engine, operation }: Context,
  namespace: string,
  source: Source,
  { batchSize, single = false, keepAlive = false }: CursorOptions,
): Promise<Reply> {
  const batch = new Batch(batchSize);
  let done: boolean;
  try {
    done = batchSize === 0 ? false : await source.fill(batch, operation);
  } catch (error) {
    source.close?.();
    throw error;
  }
  if (done || single) source.close?.();
  const id = done || single ? Long.ZERO : engine.cursors.add(namespace, source, keepAlive).id;
  const fields = { id, ns: namespace, ...source.fields?.() };
  return { cursor: { fields, name: 'firstBatch', documents: batch.documents } };
}

async function getMore(context: Context): Promise<Reply> {
  const { engine, operation, request, db } = context;
  const given = args(context, 'collection', 'batchSize');
  const id = given.long('getMore');
  const cursor = engine.cursors.find(id);
  const namespace = `${db}.${given.string('collection') ?? ''}`;
  if (cursor.namespace !== namespace) {
    throw new MongoError(
      'Unauthorized',
      `Requested getMore on namespace '${namespace}', but cursor belongs to another`,
    );
  }
  if (cursor.busy) throw new MongoError(12051, `cursor id ${id} is already in use`);
  const batchSize = given.count('batchSize');
  const batch = new Batch(batchSize === undefined || batchSize === 0 ? Number.POSITIVE_INFINITY : batchSize);
  const wait = { ms: isNumber(request.body.maxTimeMS) ? Number(request.body.maxTimeMS) : 1000 };
  cursor.busy = operation;
  try {
    const done = await cursor.source.fill(batch, operation, wait);
    if (done) engine.cursors.close(cursor);
    const fields = { id: done ? Long.ZERO : cursor.id, ns: namespace, ...cursor.source.fields?.() };
    return { cursor: { fields, name: 'nextBatch', documents: batch.documents } };
  } catch (error) {
    engine.cursors.close(cursor);
    throw error;
  } finally {
    cursor.busy = undefined;
    cursor.lastUse = performance.now();
    if (cursor.killed) cursor.source.close?.();
  }
}

function killCursors(context: Context): Reply {
  const { engine } = context;
  const given = args(context, 'cursors');
  given.collection();
  const ids = given.array('cursors');
  if (!ids || ids.length === 0) throw badValue('killCursors needs cursors');
  const killed: Long[] = [];
  const missing: Long[] = [];
  for (const id of ids) {
    if (!(id instanceof Long)) throw failedToParse('cursor ids must be 64-bit integers');
    (engine.cursors.kill(id.toBigInt()) ? killed : missing).push(id);
  }
  const fields = { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [] };
  return { fields };
}

export const findCommands: Command[] = [
  { name: 'find', handle: find },
  { name: 'getMore', handle: getMore },
  { name: 'killCursors', handle: killCursors },
];
