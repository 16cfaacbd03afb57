import { type Document, UUID } from 'bson';
import { encode } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { Filter } from '../index/execution.ts';
import { type Collection, type CollectionOptions, checkNamespace } from '../storage/catalog.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { FIRST_BATCH } from './cursors.ts';
import { openCursor } from './find.ts';
import { indexCommands } from './indexes.ts';
import { ListSource } from './list-source.ts';
import { checkWriteConcern } from './writes.ts';

const done = (context: Context, fields: Document = {}): Reply => {
  const concern = checkWriteConcern(context);
  return { fields: { ...fields, ...(concern && { writeConcernError: concern }) } };
};

async function create(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const given = args(
    context,
    'capped',
    'size',
    'max',
    'autoIndexId',
    'idIndex',
    'validator',
    'validationLevel',
    'validationAction',
    'viewOn',
    'pipeline',
    'collation',
    'timeseries',
    'expireAfterSeconds',
    'clusteredIndex',
    'changeStreamPreAndPostImages',
    'encryptedFields',
    'storageEngine',
    'indexOptionDefaults',
  );
  const name = given.collection();
  given.checkCollation();
  given.refuse(
    'capped',
    'size',
    'max',
    'validator',
    'viewOn',
    'timeseries',
    'expireAfterSeconds',
    'clusteredIndex',
    'encryptedFields',
    'storageEngine',
    'indexOptionDefaults',
    'idIndex',
  );
  const options: CollectionOptions = {};
  const images = imagesOf(given.document('changeStreamPreAndPostImages'));
  if (images) options.changeStreamPreAndPostImages = images;
  await engine.store.ready();
  const known = engine.catalog.find(db, name);
  if (known) {
    // Creating what is there, as it is there, is no error.
    if (known.keepsImages === (images?.enabled ?? false)) return done(context);
    throw new MongoError('NamespaceExists', `a collection '${db}.${name}' already exists with other options`);
  }
  checkNamespace(db, name);
  engine.catalog.ensure(db, name, options);
  await engine.store.commit();
  return done(context);
}

function imagesOf(value: Document | undefined): { enabled: boolean } | undefined {
  if (!value) return undefined;
  if (typeof value.enabled !== 'boolean') {
    throw new MongoError('TypeMismatch', 'changeStreamPreAndPostImages.enabled must be a boolean');
  }
  return { enabled: value.enabled };
}

async function collMod(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const given = args(
    context,
    'changeStreamPreAndPostImages',
    'index',
    'validator',
    'validationLevel',
    'validationAction',
  );
  const name = given.collection();
  given.refuse('index', 'validator', 'validationLevel', 'validationAction');
  await engine.store.ready();
  const collection = engine.catalog.find(db, name);
  if (!collection) throw new MongoError('NamespaceNotFound', `ns does not exist: ${db}.${name}`);
  const images = imagesOf(given.document('changeStreamPreAndPostImages'));
  if (images) collection.options = { ...collection.options, changeStreamPreAndPostImages: images };
  engine.catalog.save(collection);
  await engine.store.commit();
  return done(context);
}

/** Takes a collection away with its log entry; `commit` is the caller's. */
function dropCollection({ engine }: Context, collection: Collection): void {
  engine.catalog.drop(collection);
  engine.log.append({
    operation: 'drop',
    db: collection.db,
    collection: collection.name,
    collectionId: collection.id,
  });
  engine.cursors.closeOn((namespace) => namespace === collection.namespace);
}

async function drop(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const name = args(context).collection();
  await engine.store.ready();
  const collection = engine.catalog.find(db, name);
  // Since version 7.0 dropping what is not there succeeds.
  if (!collection) return done(context);
  const { namespace } = collection;
  const nIndexesWas = collection.indexes.length;
  dropCollection(context, collection);
  await engine.store.commit();
  void engine.sweep();
  return done(context, { nIndexesWas, ns: namespace });
}

async function dropDatabase(context: Context): Promise<Reply> {
  const { engine, db } = context;
  args(context);
  await engine.store.ready();
  const collections = engine.catalog.collections(db);
  if (collections.length === 0) return done(context);
  for (const collection of collections) dropCollection(context, collection);
  engine.log.append({ operation: 'dropDatabase', db, collection: '', collectionId: 0 });
  await engine.store.commit();
  void engine.sweep();
  return done(context, { dropped: db });
}

function listCollections(context: Context): Promise<Reply> {
  const { engine, db } = context;
  const given = args(context, 'filter', 'nameOnly', 'cursor', 'authorizedCollections');
  const nameOnly = given.boolean('nameOnly');
  const filter = new Filter(given.document('filter') ?? {});
  const batchSize = given.document('cursor')?.batchSize;
  const documents = engine.catalog
    .collections(db)
    .map((collection) => ({
      name: collection.name,
      type: 'collection',
      options: collection.options,
      info: { readOnly: false, uuid: new UUID(collection.uuid.buffer) },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
    }))
    .filter((description) => filter.matches(description))
    .map(({ name, type, ...rest }) => encode(nameOnly ? { name, type } : { name, type, ...rest }));
  return openCursor(context, `${db}.$cmd.listCollections`, new ListSource(documents), {
    batchSize: batchSize === undefined ? FIRST_BATCH : Number(batchSize),
  });
}

export const namespaceCommands: Command[] = [
  { name: 'create', handle: create },
  { name: 'collMod', handle: collMod },
  { name: 'drop', handle: drop },
  { name: 'dropDatabase', handle: dropDatabase },
  { name: 'listCollections', handle: listCollections },
  ...indexCommands,
];
