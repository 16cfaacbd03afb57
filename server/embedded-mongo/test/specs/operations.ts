/** What the unified tests may ask for, done through the official driver. */
import {
  AbstractCursor,
  type AnyBulkWriteOperation,
  ChangeStream,
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  GridFSBucket,
  type MongoClient,
} from 'mongodb';

/** An operation that this runner does not know: its test is skipped and counted, never passed. */
export class UnknownOperation extends Error {
  override name = 'UnknownOperation';
}

/** Arguments of an operation; a session is already the session itself. */
type Arguments = Document & { session?: ClientSession };
type Run = (target: never, given: Arguments) => Promise<unknown>;

const idsOf = (ids: object) => ids;

function writeResult(result: Document): Document {
  const { acknowledged, upsertedId, ...rest } = result;
  return { ...rest, ...(upsertedId !== null && upsertedId !== undefined && { upsertedId }), acknowledged };
}

const bulk = (requests: Document[]): AnyBulkWriteOperation[] => requests as AnyBulkWriteOperation[];

async function bulkWrite(collection: Collection, { requests, ...options }: Arguments): Promise<Document> {
  const result = await collection.bulkWrite(bulk(requests), options);
  const {
    insertedCount,
    matchedCount,
    modifiedCount,
    deletedCount,
    upsertedCount,
    upsertedIds,
    insertedIds,
  } = result;
  return {
    insertedCount,
    matchedCount,
    modifiedCount,
    deletedCount,
    upsertedCount,
    upsertedIds: idsOf(upsertedIds),
    insertedIds: idsOf(insertedIds),
  };
}

const onCollection: Record<string, (collection: Collection, given: Arguments) => Promise<unknown>> = {
  find: (collection, { filter, ...options }) => collection.find(filter, options).toArray(),
  findOne: (collection, { filter, ...options }) => collection.findOne(filter, options),
  aggregate: (collection, { pipeline, ...options }) => collection.aggregate(pipeline, options).toArray(),
  countDocuments: (collection, { filter, ...options }) => collection.countDocuments(filter, options),
  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),
  count: (collection, { filter, ...options }) => collection.count(filter, options),
  distinct: (collection, { fieldName, filter, ...options }) =>
    collection.distinct(fieldName, filter ?? {}, options),
  insertOne: (collection, { document, ...options }) => collection.insertOne(document, options),
  insertMany: (collection, { documents, ...options }) => collection.insertMany(documents, options),
  updateOne: async (collection, { filter, update, ...options }) =>
    writeResult(await collection.updateOne(filter, update, options)),
  updateMany: async (collection, { filter, update, ...options }) =>
    writeResult(await collection.updateMany(filter, update, options)),
  replaceOne: async (collection, { filter, replacement, ...options }) =>
    writeResult((await collection.replaceOne(filter, replacement, options)) as Document),
  deleteOne: (collection, { filter, ...options }) => collection.deleteOne(filter, options),
  deleteMany: (collection, { filter, ...options }) => collection.deleteMany(filter, options),
  findOneAndUpdate: (collection, { filter, update, returnDocument, ...options }) =>
    collection.findOneAndUpdate(filter, update, { ...options, ...lower(returnDocument) }),
  findOneAndReplace: (collection, { filter, replacement, returnDocument, ...options }) =>
    collection.findOneAndReplace(filter, replacement, { ...options, ...lower(returnDocument) }),
  findOneAndDelete: (collection, { filter, ...options }) => collection.findOneAndDelete(filter, options),
  bulkWrite,
  createIndex: (collection, { keys, ...options }) => collection.createIndex(keys, options),
  dropIndex: (collection, { name, ...options }) => collection.dropIndex(name, options),
  dropIndexes: (collection, options) => collection.dropIndexes(options),
  listIndexes: (collection, options) => collection.listIndexes(options).toArray(),
  createChangeStream: async (collection, { pipeline, ...options }) =>
    opened(collection.watch(pipeline, { maxAwaitTimeMS: 50, ...options })),
  createFindCursor: async (collection, { filter, ...options }) => {
    const cursor = collection.find(filter, options);
    await cursor.hasNext();
    return cursor;
  },
  rename: (collection, { to, ...options }) => collection.rename(to, options),
};

const lower = (returnDocument: unknown) =>
  typeof returnDocument === 'string'
    ? { returnDocument: returnDocument.toLowerCase() as 'before' | 'after' }
    : {};

/** Events that came while a stream was being opened. */
const early = new WeakMap<object, unknown[]>();

/** A stream whose first command has been answered: what comes after is after its position. */
async function opened(stream: ChangeStream): Promise<ChangeStream> {
  const event = await stream.tryNext();
  early.set(stream, event ? [event] : []);
  return stream;
}

const onDatabase: Record<string, (db: Db, given: Arguments) => Promise<unknown>> = {
  runCommand: (db, { command, commandName: _name, ...options }) => db.command(command, options),
  aggregate: (db, { pipeline, ...options }) => db.aggregate(pipeline, options).toArray(),
  createCollection: async (db, { collection, ...options }) => {
    await db.createCollection(collection, options);
  },
  dropCollection: (db, { collection, ...options }) => db.dropCollection(collection, options),
  listCollections: (db, { filter, ...options }) => db.listCollections(filter, options).toArray(),
  listCollectionNames: async (db, { filter, ...options }) =>
    (await db.listCollections(filter, { ...options, nameOnly: true }).toArray()).map(({ name }) => name),
  modifyCollection: (db, { collection, ...options }) => db.command({ collMod: collection, ...options }),
  createChangeStream: async (db, { pipeline, ...options }) =>
    opened(db.watch(pipeline, { maxAwaitTimeMS: 50, ...options })),
};

const onClient: Record<string, (client: MongoClient, given: Arguments) => Promise<unknown>> = {
  createChangeStream: async (client, { pipeline, ...options }) =>
    opened(client.watch(pipeline, { maxAwaitTimeMS: 50, ...options })),
  listDatabases: async (client, options) => (await client.db().admin().listDatabases(options)).databases,
  listDatabaseNames: async (client, options) =>
    (
      await client
        .db()
        .admin()
        .listDatabases({ ...options, nameOnly: true })
    ).databases.map(({ name }) => name),
};

const onSession: Record<string, (session: ClientSession, given: Arguments) => Promise<unknown>> = {
  endSession: (session) => session.endSession(),
  startTransaction: async (session, options) => session.startTransaction(options),
  commitTransaction: (session) => session.commitTransaction(),
  abortTransaction: (session) => session.abortTransaction(),
};

const PATIENCE_MS = 10_000;

async function nextOf(cursor: ChangeStream | AbstractCursor): Promise<unknown> {
  const first = early.get(cursor)?.shift();
  if (first) return first;
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const next = await cursor.tryNext();
    if (next !== null) return next;
  }
  throw new Error('nothing came');
}

const onCursor: Record<
  string,
  (cursor: ChangeStream | AbstractCursor, given: Arguments) => Promise<unknown>
> = {
  iterateUntilDocumentOrError: nextOf,
  iterateOnce: (cursor) => cursor.tryNext(),
  close: (cursor) => cursor.close(),
};

const onBucket: Record<string, (bucket: GridFSBucket, given: Arguments) => Promise<unknown>> = {
  delete: (bucket, { id }) => bucket.delete(id),
  rename: (bucket, { id, newFilename }) => bucket.rename(id, newFilename),
  download: (bucket, { id, ...options }) => collect(bucket.openDownloadStream(id, options as object)),
  downloadByName: (bucket, { filename, ...options }) =>
    collect(bucket.openDownloadStreamByName(filename, options as object)),
  upload: (bucket, { filename, source, ...options }) =>
    new Promise((resolve, reject) => {
      const stream = bucket.openUploadStream(filename, options as object);
      stream.once('finish', () => resolve(stream.id)).once('error', reject);
      stream.end(Buffer.from(source.$$hexBytes, 'hex'));
    }),
};

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Runs an operation on an entity. @throws UnknownOperation, and whatever the driver throws */
export function runOperation(target: unknown, name: string, given: Arguments): Promise<unknown> {
  const table = tableFor(target);
  const run = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!run) throw new UnknownOperation(name);
  return run(target as never, given);
}

function tableFor(target: unknown): Record<string, Run> {
  if (target instanceof GridFSBucket) return onBucket;
  if (target instanceof ChangeStream || target instanceof AbstractCursor) return onCursor;
  const kind = (target as object).constructor.name;
  const tables: Record<string, unknown> = {
    Collection: onCollection,
    Db: onDatabase,
    MongoClient: onClient,
    ClientSession: onSession,
  };
  return (tables[kind] ?? {}) as Record<string, Run>;
}
