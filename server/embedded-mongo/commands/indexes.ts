import { type Document } from 'bson';
import { encode } from '../bson/raw.ts';
import { badValue, MongoError, unsupported } from '../errors.ts';
import { buildIndex } from '../index/build.ts';
import type { Index, IndexSpec } from '../index/index.ts';
import { compileFilter } from '../query/match.ts';
import type { Collection } from '../storage/catalog.ts';
import { isDocument, isNumber } from '../values/types.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { FIRST_BATCH } from './cursors.ts';
import { openCursor } from './find.ts';
import { ListSource } from './list-source.ts';
import { checkWriteConcern, ensureCollection } from './writes.ts';

const SPEC_FIELDS = new Set([
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'background',
  'partialFilterExpression',
  'expireAfterSeconds',
  'collation',
]);

const MAX_INDEXES = 64;
const MAX_FIELDS = 32;

const cannot = (message: string) => new MongoError('CannotCreateIndex', message);

/** @throws MongoError 67, 197, 238 */
function parseSpec(given: Document): Omit<IndexSpec, 'id'> {
  for (const field of Object.keys(given)) {
    if (!SPEC_FIELDS.has(field)) throw unsupported(`index option '${field}'`);
  }
  const { key, name, collation, partialFilterExpression, expireAfterSeconds } = given;
  if (!isDocument(key) || Object.keys(key).length === 0) throw cannot('Index keys cannot be an empty object');
  const paths = Object.keys(key);
  if (paths.length > MAX_FIELDS) throw cannot(`an index has at most ${MAX_FIELDS} fields`);
  for (const path of paths) {
    const direction = key[path];
    if (typeof direction === 'string') throw unsupported(`index type '${direction}'`);
    if (!isNumber(direction) || Number(direction) === 0 || Number.isNaN(Number(direction))) {
      throw cannot('Values in an index key pattern must be numbers that are not 0');
    }
    if (path === '' || path.split('.').some((part) => part === '' || part.startsWith('$'))) {
      throw path.includes('$**') ? unsupported('a wildcard index') : cannot(`bad index key '${path}'`);
    }
  }
  if (typeof name !== 'string' || name === '') throw cannot('an index needs a name');
  if (isDocument(collation) && collation.locale !== 'simple') throw unsupported('an index with a collation');
  if (partialFilterExpression !== undefined) {
    if (!isDocument(partialFilterExpression)) throw cannot('partialFilterExpression must be an object');
    compileFilter(partialFilterExpression as Document);
  }
  if (expireAfterSeconds !== undefined) {
    const seconds = Number(expireAfterSeconds);
    if (!isNumber(expireAfterSeconds) || !(seconds >= 0 && seconds <= 2147483647)) {
      throw cannot('TTL index expireAfterSeconds must be between 0 and 2147483647');
    }
    if (paths.length > 1) throw cannot('TTL indexes are single-field indexes');
    if (paths[0] === '_id') throw cannot("The field 'expireAfterSeconds' is not valid for an _id index");
  }
  const flag = (value: unknown) => value === true || (isNumber(value) && Number(value) !== 0);
  return {
    name,
    key,
    unique: flag(given.unique),
    ...(partialFilterExpression !== undefined && { partialFilterExpression }),
    ...(expireAfterSeconds !== undefined && { expireAfterSeconds: Number(expireAfterSeconds) }),
    multikey: paths.map(() => false),
    ready: false,
  };
}

const shape = (key: Document) => JSON.stringify(Object.entries(key).map(([path, to]) => [path, Number(to)]));
const filterOf = (spec: Omit<IndexSpec, 'id'>) =>
  encode({ filter: spec.partialFilterExpression ?? null }).toString('hex');
const options = (spec: Omit<IndexSpec, 'id'>) =>
  JSON.stringify([spec.unique, spec.expireAfterSeconds ?? null, filterOf(spec)]);

/** The index that is already what is asked for. @throws MongoError 85, 86 when one stands in the way */
function existing(collection: Collection, spec: Omit<IndexSpec, 'id'>): Index | undefined {
  const isId = shape(spec.key) === shape({ _id: 1 });
  if (isId) return collection.idIndex;
  for (const index of collection.indexes) {
    const sameKey = shape(index.spec.key) === shape(spec.key);
    const sameOptions = options(index.spec) === options(spec);
    if (index.name === spec.name) {
      if (sameKey && sameOptions) return index;
      throw new MongoError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index: ${spec.name}`,
      );
    }
    if (sameKey && sameOptions) {
      throw new MongoError(
        'IndexOptionsConflict',
        `Index already exists with a different name: ${index.name}`,
      );
    }
  }
  return undefined;
}

async function createIndexes(context: Context): Promise<Reply> {
  const { engine, db, operation } = context;
  const given = args(context, 'indexes', 'commitQuorum', 'ignoreUnknownIndexOptions');
  given.refuse('ignoreUnknownIndexOptions');
  const name = given.collection();
  const asked = given.documents('indexes');
  if (!asked || asked.length === 0) throw badValue('Must specify at least one index to create');
  const specs = asked.map(parseSpec);
  const concern = checkWriteConcern(context);
  await engine.store.ready();
  const createdCollectionAutomatically = engine.catalog.find(db, name) === undefined;
  const collection = ensureCollection(context, db, name);
  const numIndexesBefore = collection.indexes.length;
  for (const spec of specs) {
    if (existing(collection, spec)) continue;
    if (collection.indexes.length >= MAX_INDEXES)
      throw cannot(`a collection has at most ${MAX_INDEXES} indexes`);
    await buildIndex(engine, collection, spec, operation);
  }
  await engine.store.commit();
  const numIndexesAfter = collection.indexes.length;
  const note = numIndexesBefore === numIndexesAfter ? { note: 'all indexes already exist' } : {};
  return {
    fields: {
      numIndexesBefore,
      numIndexesAfter,
      createdCollectionAutomatically,
      ...note,
      ...(concern && { writeConcernError: concern }),
    },
  };
}

export function describeIndex({ spec }: Index): Document {
  return {
    v: 2,
    key: spec.key,
    name: spec.name,
    ...(spec.unique && spec.name !== '_id_' && { unique: true }),
    ...(spec.partialFilterExpression && { partialFilterExpression: spec.partialFilterExpression }),
    ...(spec.expireAfterSeconds !== undefined && { expireAfterSeconds: spec.expireAfterSeconds }),
  };
}

function listIndexes(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const given = args(context, 'cursor');
  const name = given.collection();
  const collection = engine.catalog.find(db, name);
  if (!collection) throw new MongoError('NamespaceNotFound', `ns does not exist: ${db}.${name}`);
  const documents = collection.indexes
    .filter(({ spec }) => spec.ready)
    .map((index) => encode(describeIndex(index)));
  const batchSize = given.document('cursor')?.batchSize;
  return openCursor(context, `${db}.${name}`, new ListSource(documents), {
    batchSize: batchSize === undefined ? FIRST_BATCH : Number(batchSize),
  });
}

async function dropIndexes(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const given = args(context, 'index');
  const name = given.collection();
  await engine.store.ready();
  const collection = engine.catalog.find(db, name);
  if (!collection) throw new MongoError('NamespaceNotFound', `ns not found ${db}.${name}`);
  const nIndexesWas = collection.indexes.length;
  for (const index of indexesNamed(collection, given.raw('index'))) {
    engine.catalog.dropIndex(collection, index);
  }
  await engine.store.commit();
  void engine.sweep();
  return { fields: { nIndexesWas } };
}

function indexesNamed(collection: Collection, wanted: unknown): Index[] {
  const [idIndex, ...others] = collection.indexes;
  if (wanted === '*') return others;
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.map((one) => {
    const index = collection.indexes.find(({ name, spec }) =>
      isDocument(one) ? shape(spec.key) === shape(one as Document) : name === one,
    );
    if (!index) throw new MongoError('IndexNotFound', `index not found with name [${String(one)}]`);
    if (index === idIndex) throw new MongoError('InvalidOptions', 'cannot drop _id index');
    return index;
  });
}

export const indexCommands: Command[] = [
  { name: 'createIndexes', handle: createIndexes },
  { name: 'listIndexes', handle: listIndexes },
  { name: 'dropIndexes', handle: dropIndexes },
];
