/**
 * Runs one test of MongoDB's unified test format against the store: initial data, operations, results, errors and
 * outcomes. Which commands the driver sends (`expectEvents`) is the driver's business and is not looked at.
 */
import { BSON, type Collection, type Document, GridFSBucket, MongoClient, MongoServerError } from 'mongodb';
import { type Entities, mismatch } from './matching.ts';
import { runOperation, UnknownOperation } from './operations.ts';

export interface SpecFile {
  description: string;
  runOnRequirements?: Requirement[];
  createEntities?: Document[];
  initialData?: Document[];
  tests: SpecTest[];
}

export interface SpecTest {
  description: string;
  skipReason?: string;
  runOnRequirements?: Requirement[];
  operations: Document[];
  outcome?: Document[];
}

interface Requirement {
  minServerVersion?: string;
  maxServerVersion?: string;
  topologies?: string[];
  auth?: boolean;
  csfle?: unknown;
  serverParameters?: Document;
  serverless?: string;
}

/** A test does not bind this store, or needs what this runner or the store leaves out; says what. */
export class Skipped extends Error {
  override name = 'Skipped';
}

const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const order = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
};

/** Whether a list of requirements is met by a replica set of this version without authentication. */
export function applies(requirements: Requirement[] | undefined, version: string): boolean {
  if (!requirements || requirements.length === 0) return true;
  return requirements.some((one) => {
    if (one.minServerVersion && compareVersions(version, one.minServerVersion) < 0) return false;
    if (one.maxServerVersion && compareVersions(version, one.maxServerVersion) > 0) return false;
    if (one.topologies && !one.topologies.includes('replicaset')) return false;
    return !one.auth && !one.csfle && !one.serverParameters && one.serverless !== 'require';
  });
}

/**
 * @param setup a client for what surrounds the test: data before it, outcomes after it
 * @throws Skipped, or an error that says what differs
 */
export async function runTest(
  setup: MongoClient,
  uri: string,
  file: SpecFile,
  test: SpecTest,
): Promise<void> {
  const clients: MongoClient[] = [];
  const entities = new Map<string, unknown>();
  try {
    await fillIn(setup, file.initialData ?? []);
    for (const entity of file.createEntities ?? []) clients.push(...createEntity(uri, entity, entities));
    for (const operation of test.operations) await perform(operation, entities, setup);
    await checkOutcome(setup, test.outcome ?? [], entities);
  } catch (error) {
    if (error instanceof UnknownOperation) throw new Skipped(`operation ${error.message}`);
    throw error;
  } finally {
    for (const client of clients) await client.close();
  }
}

async function fillIn(client: MongoClient, data: Document[]): Promise<void> {
  for (const { databaseName, collectionName, documents, createOptions } of data) {
    const db = client.db(databaseName);
    await db.dropCollection(collectionName);
    await db.createCollection(collectionName, createOptions ?? {});
    if (documents?.length > 0) await db.collection(collectionName).insertMany(documents);
  }
}

function createEntity(uri: string, entity: Document, entities: Map<string, unknown>): MongoClient[] {
  const [kind] = Object.keys(entity) as [string];
  const given = entity[kind];
  const made: MongoClient[] = [];
  const find = <T>(id: string): T => entities.get(id) as T;
  switch (kind) {
    case 'client': {
      if (given.serverApi || given.autoEncryptOpts) throw new Skipped('server API or encryption');
      const client = new MongoClient(uri, given.uriOptions ?? {});
      made.push(client);
      entities.set(given.id, client);
      break;
    }
    case 'database':
      entities.set(given.id, find<MongoClient>(given.client).db(given.databaseName, given.databaseOptions));
      break;
    case 'collection': {
      const db = find<ReturnType<MongoClient['db']>>(given.database);
      entities.set(given.id, db.collection(given.collectionName, given.collectionOptions));
      break;
    }
    case 'session':
      entities.set(given.id, find<MongoClient>(given.client).startSession(given.sessionOptions));
      break;
    case 'bucket':
      entities.set(given.id, new GridFSBucket(find(given.database), given.bucketOptions));
      break;
    default:
      throw new Skipped(`entity ${kind}`);
  }
  return made;
}

async function perform(
  operation: Document,
  entities: Map<string, unknown>,
  setup: MongoClient,
): Promise<void> {
  const { name, object, expectResult, expectError, saveResultAsEntity, ignoreResultAndError } = operation;
  const given = { ...operation.arguments };
  if (object === 'testRunner') return performOnRunner(name, given, entities, setup);
  if (typeof given.session === 'string') given.session = entities.get(given.session);
  const target = entities.get(object);
  if (target === undefined) throw new Skipped(`entity ${object}`);
  let result: unknown;
  try {
    result = await runOperation(target, name, given);
  } catch (error) {
    if (error instanceof UnknownOperation || ignoreResultAndError) {
      if (ignoreResultAndError) return;
      throw error;
    }
    if (!expectError) throw error;
    checkError(error as Error, expectError, entities, name);
    return;
  }
  if (expectError) throw new Error(`${name} was expected to fail`);
  if (saveResultAsEntity) entities.set(saveResultAsEntity, result);
  if (expectResult === undefined) return;
  const difference = mismatch(expectResult, result ?? null, entities);
  if (difference) throw new Error(`${name}${difference}`);
}

async function performOnRunner(
  name: string,
  given: Document,
  entities: Entities,
  setup: MongoClient,
): Promise<void> {
  switch (name) {
    case 'failPoint':
    case 'targetedFailPoint':
      throw new Skipped('fail points');
    case 'assertCollectionExists':
    case 'assertCollectionNotExists': {
      const found = await setup
        .db(given.databaseName)
        .listCollections({ name: given.collectionName })
        .toArray();
      if (found.length > 0 !== (name === 'assertCollectionExists')) throw new Error(`${name} does not hold`);
      return;
    }
    case 'assertIndexExists':
    case 'assertIndexNotExists': {
      const collection: Collection = setup.db(given.databaseName).collection(given.collectionName);
      const found = (await collection.indexes()).some((index) => index.name === given.indexName);
      if (found !== (name === 'assertIndexExists')) throw new Error(`${name} does not hold`);
      return;
    }
    default:
      void entities;
      throw new UnknownOperation(name);
  }
}

function checkError(error: Error, expected: Document, entities: Entities, name: string): void {
  const server = error instanceof MongoServerError ? error : undefined;
  const fail = (what: string): never => {
    throw new Error(`${name} failed otherwise than expected: ${what} (${error.name}: ${error.message})`);
  };
  if (expected.isClientError === true && server && !('writeErrors' in server)) fail('not a client error');
  if (
    expected.errorContains &&
    !error.message.toLowerCase().includes(String(expected.errorContains).toLowerCase())
  ) {
    fail(`no '${expected.errorContains}'`);
  }
  if (expected.errorCode !== undefined && Number(server?.code) !== Number(expected.errorCode))
    fail(`code ${server?.code}`);
  if (expected.errorCodeName !== undefined && server?.codeName !== expected.errorCodeName)
    fail(`name ${server?.codeName}`);
  for (const label of expected.errorLabelsContain ?? [])
    if (!server?.hasErrorLabel(label)) fail(`no label ${label}`);
  for (const label of expected.errorLabelsOmit ?? [])
    if (server?.hasErrorLabel(label)) fail(`label ${label}`);
  if (expected.expectResult !== undefined) {
    const difference = mismatch(
      expected.expectResult,
      (error as unknown as { result: unknown }).result ?? {},
      entities,
    );
    if (difference) fail(difference);
  }
}

async function checkOutcome(client: MongoClient, outcome: Document[], entities: Entities): Promise<void> {
  for (const { databaseName, collectionName, documents } of outcome) {
    const stored = await client
      .db(databaseName)
      .collection(collectionName)
      .find({}, { sort: { _id: 1 } })
      .toArray();
    const difference = mismatch({ documents }, { documents: stored }, entities, 'outcome', false);
    if (difference) throw new Error(difference);
  }
}

/** A specification file with the number types that it was written with. */
export const parseFile = (text: string): SpecFile =>
  BSON.EJSON.parse(text, { relaxed: true }) as unknown as SpecFile;
