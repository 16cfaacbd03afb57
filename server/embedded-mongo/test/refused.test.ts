/** Sends everything that the table «What it refuses» of the README names, and expects the code that stands there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSONSymbol, Code, Decimal128, type Document, MongoClient } from 'mongodb';
import { type InProcessStore, openStoreInProcess } from '../in-process.ts';

let dir: string;
let store: InProcessStore;
let client: MongoClient;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'embedded-'));
  store = await openStoreInProcess({ dir });
  client = new MongoClient(store.uri);
  await db()
    .collection<Document>('c')
    .insertOne({ _id: 1 as never, l: [1] });
});

afterAll(async () => {
  await client.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const db = () => client.db('t');

const find = (filter: Document, options: Document = {}) => ({ find: 'c', filter, ...options });
const update = (u: unknown, options: Document = {}) => ({
  update: 'c',
  updates: [{ q: { _id: 1 }, u, ...options }],
});
const change = (u: unknown, options: Document = {}) => ({
  findAndModify: 'c',
  query: { _id: 1 },
  update: u,
  ...options,
});
const pipeline = (...stages: Document[]) => ({ aggregate: 'c', pipeline: stages, cursor: {} });
const expression = (operator: Document) => pipeline({ $project: { x: operator } });
const stages = (names: string) => names.split(' ').map((name) => pipeline({ [`$${name}`]: {} }));
const expressions = (names: string) => names.split(' ').map((name) => expression({ [`$${name}`]: '$l' }));

/** By the first column of the table: the code, and commands that are answered by it. */
const REFUSED: Record<string, [code: number, commands: Document[]]> = {
  commands: [
    59,
    'mapReduce bulkWrite renameCollection validate profile listDatabases dbStats collStats hostInfo connectionStatus getParameter currentOp killOp createUser usersInfo createSearchIndexes configureFailPoint compact reIndex convertToCapped'
      .split(' ')
      .map((name) => ({ [name]: 'c' })),
  ],
  'pipeline stages': [
    40324,
    stages(
      'lookup graphLookup unionWith documents bucket bucketAuto sortByCount sample redact replaceRoot replaceWith out merge geoNear densify fill setWindowFields indexStats collStats currentOp search vectorSearch',
    ),
  ],
  'stages behind $changeStream': [
    20,
    [pipeline({ $changeStream: {} }, { $group: { _id: 1 } }), pipeline({ $changeStream: {} }, { $limit: 1 })],
  ],
  expressions: [
    168,
    expressions(
      'let map filter reduce zip range slice arrayElemAt first last concatArrays indexOfArray sortArray setUnion concat toLower toUpper substrCP split trim regexMatch replaceAll type toString toInt toDate toDecimal convert mergeObjects getField setField objectToArray arrayToObject dateToString dateFromString dateToParts dateAdd dateDiff week dayOfYear pow sqrt ln exp log rand function accumulator bitAnd meta',
    ),
  ],
  accumulators: [
    15952,
    'mergeObjects stdDevPop stdDevSamp top bottomN firstN maxN median percentile accumulator'
      .split(' ')
      .map((name) => pipeline({ $group: { _id: 1, x: { [`$${name}`]: '$l' } } })),
  ],
  variables: [
    17276,
    [expression({ $add: ['$$mine', 1] }), find({ $expr: { $eq: ['$_id', '$$USER_ROLES'] } })],
  ],
  'query operators': [
    2,
    [
      ...'mod bitsAllSet bitsAllClear bitsAnySet bitsAnyClear near geoWithin geoIntersects'
        .split(' ')
        .map((name) => find({ a: { [`$${name}`]: 1 } })),
      ...'where text jsonSchema sampleRate alwaysFalse'.split(' ').map((name) => find({ [`$${name}`]: 'x' })),
    ],
  ],
  'regular expressions of PCRE only': [
    51091,
    ['(?i)a', '\\Qa', 'a\\z', '[[:digit:]]', 'a++', '(?>a)', '(?P<n>a)', '\\h', '[]a]'].map((pattern) =>
      find({ a: { $regex: pattern } }),
    ),
  ],
  'regular expressions with the option x': [51108, [find({ a: { $regex: 'a b', $options: 'x' } })]],
  'projections of find': [
    168,
    [
      find({}, { projection: { l: { $elemMatch: { $gt: 0 } } } }),
      find({}, { projection: { l: { $meta: 'textScore' } } }),
      find({}, { projection: { l: { $slice: ['$l', 1] } } }),
    ],
  ],
  'a positional projection': [16410, [find({ l: 1 }, { projection: { 'l.$': 1 } })]],
  'update operators': [
    9,
    [
      ...'mul rename currentDate bit pop pullAll pushAll'
        .split(' ')
        .map((name) => update({ [`$${name}`]: { a: 1 } })),
      change({ $bit: { a: { and: 1 } } }),
    ],
  ],
  '$sort and $position in $push': [
    2,
    [{ $sort: 1 }, { $position: 0 }].map((clause) => update({ $push: { l: { $each: [2], ...clause } } })),
  ],
  'positional updates': [238, ['l.$', 'l.$[]', 'l.$[e]'].map((path) => update({ $set: { [path]: 1 } }))],
  'stages of an update': [
    72,
    [[{ $project: { a: 1 } }], [{ $replaceWith: {} }], [{ $match: {} }]].map((u) => update(u)),
  ],
  options: [
    238,
    [
      find({}, { let: { a: 1 } }),
      find({}, { collation: { locale: 'ru' } }),
      find({}, { min: { _id: 1 } }),
      find({}, { max: { _id: 1 } }),
      find({}, { returnKey: true }),
      find({}, { showRecordId: true }),
      find({}, { readConcern: { level: 'snapshot' } }),
      { ...pipeline({ $match: {} }), let: { a: 1 } },
      { ...update({ $set: { a: 1 } }), let: { a: 1 } },
      update({ $set: { 'l.0': 1 } }, { arrayFilters: [{ e: 1 }] }),
      change({ $set: { 'l.0': 1 } }, { arrayFilters: [{ e: 1 }] }),
      { delete: 'c', deletes: [{ q: {}, limit: 0 }], let: { a: 1 } },
      { ping: 1, apiVersion: '1', apiStrict: true },
    ],
  ],
  'values of old or unused types': [
    238,
    [Decimal128.fromString('1.5'), new Code('x'), new BSONSymbol('x')].flatMap((value) => [
      { insert: 'c', documents: [{ a: { b: value } }] },
      update({ $set: { a: value } }),
      find({ a: value }),
      expression({ $add: [value, 1] }),
    ]),
  ],
  'collections that are not plain': [
    238,
    [
      { create: 'x', capped: true, size: 1000 },
      { create: 'x', viewOn: 'c', pipeline: [] },
      { create: 'x', timeseries: { timeField: 't' } },
      { create: 'x', validator: { a: 1 } },
      { create: 'x', clusteredIndex: { key: { _id: 1 }, unique: true } },
      { collMod: 'c', validator: {} },
      { collMod: 'c', index: { name: '_id_', hidden: true } },
    ],
  ],
  'indexes that are not plain': [
    238,
    [{ a: 'text' }, { a: '2dsphere' }, { a: 'hashed' }, { '$**': 1 }]
      .map((key): Document => ({ key, name: 'x' }))
      .concat(
        { key: { a: 1 }, name: 'x', collation: { locale: 'ru' } },
        { key: { a: 1 }, name: 'x', wildcardProjection: {} },
        { key: { a: 1 }, name: 'x', sparse: true },
        { key: { a: 1 }, name: 'x', hidden: true },
      )
      .map((index) => ({ createIndexes: 'c', indexes: [index] })),
  ],
  'explain of other commands than find and count': [
    238,
    ['aggregate', 'distinct', 'findAndModify', 'update', 'delete'].map((name) => ({
      explain: { [name]: 'c' },
    })),
  ],
  'tailable cursors': [2, [find({}, { tailable: true })]],
  'expanded change events': [238, [pipeline({ $changeStream: { showExpandedEvents: true } })]],
};

/** What a command was answered: the code of its refusal, or of its first statement's. */
async function answerTo(command: Document): Promise<{ code: unknown; message: string }> {
  try {
    const { writeErrors } = await db().command(command);
    const { code, errmsg: message } = writeErrors?.[0] ?? {};
    return { code, message };
  } catch (error) {
    const { code, message } = error as Error & { code: unknown };
    return { code, message };
  }
}

describe('what the embedded store refuses', () => {
  it.each(Object.entries(REFUSED))('%s', async (_name, [code, commands]) => {
    for (const command of commands) {
      const answer = await answerTo(command);
      expect({ command, code: answer.code }).toEqual({ command, code });
      expect(answer.message).not.toBe('');
    }
    // Nothing of a refused statement has been done.
    const [left] = await db().collection('c').find().toArray();
    expect(left).toEqual({ _id: 1, l: [1] });
  });

  it('transactions', async () => {
    const session = client.startSession();
    session.startTransaction();
    await expect(db().collection('c').insertOne({ a: 1 }, { session })).rejects.toMatchObject({ code: 238 });
    await session.endSession();
  });

  it('stands in the README, row by row', () => {
    const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const table = text.slice(text.indexOf('## What it refuses')).split('\n\n')[3] ?? '';
    const rows = [...table.matchAll(/^\| ([^|]+?) +\| (\d+) +\|/gm)].map(([, name, code]) => [
      name,
      Number(code),
    ]);
    expect(rows.map(([name, code]) => [String(name).replaceAll('`', ''), code])).toEqual([
      ...Object.entries(REFUSED).map(([name, [code]]) => [name, code]),
      ['transactions', 238],
    ]);
  });
});
