import { type Document, Timestamp } from 'bson';
import { compilePipeline } from '../aggregation/pipeline.ts';
import { compileStreamStages } from '../aggregation/stream-stages.ts';
import { clusterTimeOf } from '../changelog/entry.ts';
import type { FullDocument, FullDocumentBeforeChange } from '../changelog/event.ts';
import { ChangeStream, type Subject } from '../changelog/stream.ts';
import { assertReachable, positionOf } from '../changelog/token.ts';
import { badValue, MongoError } from '../errors.ts';
import { Filter, NOTHING, openExecution } from '../index/execution.ts';
import { Arguments } from './arguments.ts';
import type { Context } from './command.ts';

const FULL = new Set(['default', 'updateLookup', 'whenAvailable', 'required']);
const BEFORE = new Set(['off', 'whenAvailable', 'required']);

/**
 * Opens the stream that `[{$changeStream: …}, …stages]` asks for.
 * @param name the collection, undefined for `aggregate: 1`
 * @throws MongoError 260, 286, 20, 72 and those of the stages
 */
export function openChangeStream(
  context: Context,
  name: string | undefined,
  spec: Document,
  stages: Document[],
): ChangeStream {
  const { engine, db } = context;
  const given = new Arguments('$changeStream', spec, [
    'fullDocument',
    'fullDocumentBeforeChange',
    'resumeAfter',
    'startAfter',
    'startAtOperationTime',
    'allChangesForCluster',
    'showExpandedEvents',
  ]);
  given.refuse('showExpandedEvents');
  const fullDocument = given.string('fullDocument') ?? 'default';
  const fullDocumentBeforeChange = given.string('fullDocumentBeforeChange') ?? 'off';
  if (!FULL.has(fullDocument))
    throw badValue(`Enumeration value '${fullDocument}' is not valid for fullDocument`);
  if (!BEFORE.has(fullDocumentBeforeChange)) {
    throw badValue(
      `Enumeration value '${fullDocumentBeforeChange}' is not valid for fullDocumentBeforeChange`,
    );
  }
  const { epoch } = engine.history;
  return new ChangeStream(engine.log, {
    subject: subjectOf(db, name, given.boolean('allChangesForCluster')),
    ...startOf(context, given),
    fullDocument: fullDocument as FullDocument,
    fullDocumentBeforeChange: fullDocumentBeforeChange as FullDocumentBeforeChange,
    epoch,
    stages: compileStages(stages),
    lookup: (database, collection, id) => lookup(context, database, collection, id),
  });
}

function compileStages(stages: Document[]) {
  // What is no stage at all is answered 40324, before what merely has no place in a stream.
  if (stages.length > 0) compilePipeline(stages);
  return compileStreamStages(stages);
}

function subjectOf(db: string, name: string | undefined, cluster: boolean): Subject {
  if (cluster) {
    if (db !== 'admin' || name !== undefined) {
      throw new MongoError('InvalidOptions', 'allChangesForCluster may only be used on the admin database');
    }
    return {};
  }
  if (db === 'admin' || db === 'config' || db === 'local') {
    throw new MongoError(
      'InvalidNamespace',
      `$changeStream may not be opened on the internal ${db} database`,
    );
  }
  if (name?.startsWith('system.')) {
    throw new MongoError(
      'InvalidNamespace',
      `$changeStream may not be opened on the internal ${db}.${name} collection`,
    );
  }
  return name === undefined ? { db } : { db, collection: name };
}

function startOf({ engine }: Context, given: Arguments): { position: bigint; invalidateFirst: boolean } {
  const { log, history } = engine;
  const starts = ['resumeAfter', 'startAfter', 'startAtOperationTime'].filter((field) => given.has(field));
  if (starts.length > 1) {
    throw new MongoError(40674, 'Only one type of resume option is allowed, but multiple were found.');
  }
  const [start] = starts;
  if (start === undefined) return { position: log.committed, invalidateFirst: false };
  if (start === 'startAtOperationTime') {
    const time = given.raw('startAtOperationTime');
    if (!(time instanceof Timestamp))
      throw new MongoError('TypeMismatch', 'startAtOperationTime must be a timestamp');
    const position = clusterTimeOf(time) - 1n;
    assertReachable(position, log);
    return { position, invalidateFirst: false };
  }
  const { clusterTime, invalidated } = positionOf(given.raw(start), log, history);
  if (invalidated && start === 'resumeAfter') {
    throw new MongoError(
      'InvalidResumeToken',
      "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
    );
  }
  return { position: clusterTime, invalidateFirst: !invalidated };
}

function lookup({ engine }: Context, db: string, name: string, id: unknown): Buffer | null {
  const collection = engine.catalog.find(db, name);
  if (!collection) return null;
  const run = openExecution(
    engine.store.durable,
    engine.records,
    collection,
    new Filter({ _id: { $eq: id } }),
  );
  try {
    for (let step = run.step(); step !== undefined; step = run.step())
      if (step !== NOTHING) return step.bytes;
    return null;
  } finally {
    run.pause();
  }
}
