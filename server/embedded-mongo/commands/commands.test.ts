import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary, type Document, Int32, Long, MongoClient, MongoServerError, UUID } from 'mongodb';
import { type InProcessStore, openStoreInProcess } from '../in-process.ts';

let dir: string;
let store: InProcessStore;
let client: MongoClient;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'embedded-'));
  store = await openStoreInProcess({ dir });
  client = new MongoClient(store.uri);
});

afterEach(async () => {
  await client.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const db = () => client.db('t');
type Thing = { _id: number; [field: string]: unknown };
const things = () => db().collection<Thing>('things');
const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return error instanceof MongoServerError ? error.code : error;
  }
};

describe('retryable writes', () => {
  const lsid = { id: new Binary(new UUID().buffer, 4) };
  const as = (txnNumber: number, command: Document) => ({
    ...command,
    lsid,
    txnNumber: Long.fromNumber(txnNumber),
  });

  it('run once, and answer the same when they are sent again, also after a restart', async () => {
    await things().insertOne({ _id: 1, n: 0 });
    const inc = as(1, { update: 'things', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] });
    expect(await raw(inc)).toMatchObject({ n: 1, nModified: 1 });
    expect(await raw(inc)).toMatchObject({ n: 1, nModified: 1 });
    expect(await things().findOne({ _id: 1 })).toMatchObject({ n: 1 });

    const modify = as(2, {
      findAndModify: 'things',
      query: { _id: 1 },
      update: { $inc: { n: 1 } },
      new: true,
    });
    const first = await raw(modify);
    await things().updateOne({ _id: 1 }, { $set: { n: 100 } });
    expect((await raw(modify)).value).toEqual(first.value);

    const insert = as(3, { insert: 'things', documents: [{ _id: 2 }, { _id: 3 }] });
    expect(await raw(insert)).toMatchObject({ n: 2 });
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir });
    client = new MongoClient(store.uri);
    expect(await raw(insert)).toMatchObject({ n: 2 });
    expect(await raw(insert)).not.toHaveProperty('writeErrors');
    expect(await raw(inc)).toMatchObject({ ok: 0, code: 225 });
  });

  it('answer for each statement of a command as it was, also after a restart', async () => {
    await things().insertMany([1, 2, 3, 4, 5].map((_id) => ({ _id, n: 0 })));
    const set = (_id: number, n: number, upsert = false) => ({ q: { _id }, u: { $set: { n } }, upsert });
    const updates = [set(1, 1), set(2, 1), set(3, 0), set(9, 1), set(4, 1), set(10, 1, true), set(5, 1)];
    const all = as(1, { update: 'things', updates });
    const answer = { n: 6, nModified: 4, upserted: [{ index: 5, _id: 10 }] };
    expect(await raw(all)).toMatchObject(answer);
    await things().updateMany({}, { $set: { n: 7 } });
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir });
    client = new MongoClient(store.uri);
    expect(await raw(all)).toMatchObject(answer);
    // A driver that sends the rest again numbers it as before.
    for (const [stmtId, one] of [
      { n: 1, nModified: 1 },
      { n: 1, nModified: 1 },
      { n: 1, nModified: 0 },
      { n: 0, nModified: 0 },
    ].entries())
      expect(await raw({ ...all, updates: [updates[stmtId]], stmtId })).toMatchObject(one);
    expect(await things().distinct('n')).toEqual([7]);
  });

  it('refuse transactions in one clear sentence', async () => {
    const session = client.startSession();
    session.startTransaction();
    await expect(things().insertOne({ _id: 1 }, { session })).rejects.toThrow(
      /transactions are not supported/,
    );
    await session.abortTransaction();
    await session.endSession();
  });

  /** Sends a command with a session of its own choosing, which the driver does not let its callers do. */
  async function raw(command: Document): Promise<Document> {
    const { dispatch } = await import('./dispatch.ts');
    const { ConnectionState } = await import('./connection-state.ts');
    const { decode, encode } = await import('../bson/raw.ts');
    const { parseMessage } = await import('../wire/message.ts');
    const body = encode({ ...command, $db: 't' });
    const head = Buffer.alloc(21);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(2013, 12);
    const request = parseMessage(Buffer.concat([head, body]));
    const reply = await dispatch({ engine: store.engine, connection: new ConnectionState(0, ''), request });
    return plain(decode(reply));
  }

  const plain = (document: Document): Document =>
    JSON.parse(JSON.stringify(document, (_, v) => (v instanceof Int32 ? v.value : v)));
});

describe('cursors', () => {
  it('go on over many replies and end', async () => {
    await things().insertMany(Array.from({ length: 1000 }, (_, _id) => ({ _id })));
    const found = await things().find({}, { batchSize: 7 }).sort({ _id: -1 }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual(Array.from({ length: 1000 }, (_, i) => 999 - i));
    expect(store.engine.cursors.size).toBe(0);
  });

  it('survive writes between two replies', async () => {
    await things().insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
    const cursor = things().find({}, { batchSize: 100 }).sort({ _id: 1 });
    await cursor.next();
    await things().deleteMany({ _id: { $gte: 150, $lt: 250 } });
    await things().insertOne({ _id: 1000 });
    const rest = await cursor.toArray();
    expect(rest.map(({ _id }) => _id)).toEqual([
      ...Array.from({ length: 149 }, (_, i) => i + 1),
      ...Array.from({ length: 50 }, (_, i) => i + 250),
      1000,
    ]);
  });

  it('answer 43 once they are closed', async () => {
    await things().insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
    const reply = await db().command({ find: 'things', batchSize: 2 }, { promoteLongs: false });
    const { id } = reply.cursor;
    expect(id).toBeInstanceOf(Long);
    await db().command({ killCursors: 'things', cursors: [id] });
    expect(await codeOf(db().command({ getMore: id, collection: 'things' }))).toBe(43);
  });

  it('give up after maxTimeMS', async () => {
    await things().insertMany(Array.from({ length: 5000 }, (_, _id) => ({ _id, text: 'x'.repeat(500) })));
    const slow = things()
      .find({ $or: [{ text: /y+$/ }, { text: /z+$/ }] })
      .maxTimeMS(1);
    expect(await codeOf(slow.toArray())).toBe(50);
  });
});

describe('collections and indexes', () => {
  it('are listed as MongoDB lists them', async () => {
    await db().createCollection('b', { changeStreamPreAndPostImages: { enabled: true } });
    await things().createIndex(
      { a: 1, b: -1 },
      { unique: true, partialFilterExpression: { a: { $exists: true } } },
    );
    await things().createIndex({ expires: 1 }, { expireAfterSeconds: 0 });
    const collections = await db().listCollections().toArray();
    expect(collections.map(({ name }) => name)).toEqual(['b', 'things']);
    expect(collections[0]).toMatchObject({ options: { changeStreamPreAndPostImages: { enabled: true } } });
    expect(await things().indexes()).toMatchObject([
      { name: '_id_', key: { _id: 1 } },
      {
        name: 'a_1_b_-1',
        key: { a: 1, b: -1 },
        unique: true,
        partialFilterExpression: { a: { $exists: true } },
      },
      { name: 'expires_1', expireAfterSeconds: 0 },
    ]);
  });

  it('refuse what stands in the way, by code', async () => {
    await things().createIndex({ a: 1 });
    await things().createIndex({ a: 1 });
    expect(await codeOf(things().createIndex({ a: 1 }, { unique: true }))).toBe(86);
    expect(await codeOf(things().createIndex({ b: 1 }, { name: 'a_1' }))).toBe(86);
    expect(await codeOf(things().createIndex({ a: 1 }, { name: 'other' }))).toBe(85);
    expect(await codeOf(things().createIndex({ a: 'text' }))).toBe(238);
    expect(await codeOf(things().dropIndex('none'))).toBe(27);
    expect(await codeOf(things().dropIndex('_id_'))).toBe(72);
    expect(await codeOf(db().collection('none').indexes())).toBe(26);
    expect(await codeOf(db().createCollection('capped', { capped: true, size: 1000 }))).toBe(238);
    expect(await codeOf(db().createCollection('bad$name'))).toBe(73);
  });

  it('build an index over what is there, or not at all', async () => {
    await things().insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);
    expect(await codeOf(things().createIndex({ a: 1 }, { unique: true }))).toBe(11000);
    expect(await things().indexes()).toHaveLength(1);
    await things().createIndex({ a: 1 });
    expect(await things().find({ a: 1 }).hint('a_1').toArray()).toHaveLength(2);
  });

  it('leave nothing behind when they are dropped', async () => {
    await things().createIndex({ a: 1 });
    await things().insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id, a: _id })));
    await db().dropDatabase();
    expect(await things().countDocuments()).toBe(0);
    await store.engine.sweep();
    await things().insertOne({ _id: 7 });
    expect(await things().find().toArray()).toEqual([{ _id: 7 }]);
    expect(await things().indexes()).toHaveLength(1);
  });

  it('expire documents by ordinary deletes', async () => {
    await things().createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await things().insertMany([
      { _id: 1, at: new Date(Date.now() - 61_000) },
      { _id: 2, at: new Date() },
      { _id: 3, at: 'no date' },
    ]);
    await store.engine.sweep();
    expect((await things().find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([2, 3]);
  });
});

describe('writes', () => {
  it('report each wrong statement of a batch', async () => {
    await things().insertOne({ _id: 2 });
    const ordered = await db()
      .command({ insert: 'things', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] })
      .catch((e) => e);
    expect(ordered).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11000 }] });
    const unordered = await db()
      .command({ insert: 'things', documents: [{ _id: 2 }, { _id: 3 }], ordered: false })
      .catch((e) => e);
    expect(unordered).toMatchObject({ n: 1, writeErrors: [{ index: 0, code: 11000 }] });
  });

  it('find, change and answer one document in one step', async () => {
    await things().insertMany([
      { _id: 1, state: 'due', at: 3 },
      { _id: 2, state: 'due', at: 1 },
    ]);
    const claim = () =>
      things().findOneAndUpdate(
        { state: 'due' },
        { $set: { state: 'taken' } },
        { sort: { at: 1 }, returnDocument: 'after' },
      );
    const claimed = await Promise.all(Array.from({ length: 10 }, claim));
    expect(
      claimed
        .filter(Boolean)
        .map((one) => one?._id)
        .sort(),
    ).toEqual([1, 2]);
    expect(await things().findOneAndDelete({ _id: 1 })).toMatchObject({ _id: 1 });
    expect(await things().findOneAndUpdate({ _id: 9 }, { $set: { a: 1 } }, { upsert: true })).toBeNull();
    expect(await things().findOneAndReplace({ _id: 9 }, { b: 2 }, { returnDocument: 'after' })).toEqual({
      _id: 9,
      b: 2,
    });
  });

  it('keep documents within 16 MiB and ids within reason', async () => {
    const tooBig = db().command({
      insert: 'things',
      documents: [{ _id: 1, text: 'x'.repeat(16 * 1024 * 1024) }],
    });
    expect(await tooBig.catch((e) => e)).toMatchObject({ writeErrors: [{ code: 10334 }] });
    expect(
      await codeOf(
        db()
          .collection('x')
          .insertOne({ _id: [1] as never }),
      ),
    ).toBe(53);
  });

  it('index long values, and find them again', async () => {
    await things().createIndex({ text: 1 }, { unique: true });
    const long = 'я'.repeat(3000);
    await things().insertOne({ _id: 1, text: `${long}a` });
    await things().insertOne({ _id: 2, text: `${long}b` });
    expect(await codeOf(things().insertOne({ _id: 3, text: `${long}a` }))).toBe(11000);
    expect(await things().findOne({ text: `${long}b` })).toMatchObject({ _id: 2 });
    expect(await things().countDocuments({ text: { $gte: long } })).toBe(2);
  });
});

describe('pipelines', () => {
  it('read through indexes and group', async () => {
    await things().createIndex({ group: 1 });
    await things().insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id, group: _id % 3, value: _id })));
    const result = await things()
      .aggregate([
        { $match: { group: { $in: [0, 1] } } },
        { $group: { _id: '$group', sum: { $sum: '$value' }, n: { $sum: 1 } } },
        { $project: { sum: 1, n: 1 } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(result).toEqual([
      { _id: 0, sum: 1683, n: 34 },
      { _id: 1, sum: 1617, n: 33 },
    ]);
    expect(
      await things()
        .aggregate([{ $match: { group: 2 } }, { $count: 'n' }])
        .toArray(),
    ).toEqual([{ n: 33 }]);
    expect(
      await codeOf(
        things()
          .aggregate([{ $out: 'x' }])
          .toArray(),
      ),
    ).toBe(40324);
    expect(await things().distinct('group', { _id: { $lt: 50 } })).toEqual([0, 1, 2]);
  });
});
