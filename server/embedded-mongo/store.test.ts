import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Double, Long, MongoClient, MongoServerError } from 'mongodb';
import { type InProcessStore, openStoreInProcess } from './in-process.ts';

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

describe('reading and writing through the driver', () => {
  it('inserts, finds, updates and deletes', async () => {
    const things = client.db('t').collection('things');
    await things.insertMany(Array.from({ length: 250 }, (_, i) => ({ n: i, even: i % 2 === 0 })));
    expect(await things.find({ even: true }).sort({ n: -1 }).limit(3).toArray()).toMatchObject([
      { n: 248 },
      { n: 246 },
      { n: 244 },
    ]);
    expect((await things.find().toArray()).length).toBe(250);
    expect(await things.updateOne({ n: 5 }, { $set: { name: 'five' } })).toMatchObject({ modifiedCount: 1 });
    expect(await things.findOne({ name: 'five' })).toMatchObject({ n: 5 });
    expect(await things.updateMany({ even: true }, { $inc: { n: 1000 } })).toMatchObject({
      modifiedCount: 125,
    });
    expect(await things.deleteMany({ n: { $gte: 1000 } })).toMatchObject({ deletedCount: 125 });
    expect(await things.estimatedDocumentCount()).toBe(125);
  });

  it('keeps the bytes of a document as they came', async () => {
    const things = client.db('t').collection('things');
    await things.insertOne({ b: new Double(5), a: Long.fromNumber(7), when: new Date(0) });
    const back = await client.db('t').collection('things').findOne({}, { promoteValues: false });
    expect(back?.b).toBeInstanceOf(Double);
    expect(back?.a).toBeInstanceOf(Long);
    expect(Object.keys(back ?? {})).toEqual(['_id', 'b', 'a', 'when']);
  });

  it('upserts by the equalities of the filter', async () => {
    const things = client.db('t').collection('things');
    const { upsertedId } = await things.updateOne({ key: 'a' }, { $setOnInsert: { n: 1 } }, { upsert: true });
    expect(upsertedId).not.toBeNull();
    await things.updateOne({ key: 'a' }, { $setOnInsert: { n: 2 } }, { upsert: true });
    expect(await things.find().toArray()).toMatchObject([{ key: 'a', n: 1 }]);
  });

  it('loses no increment of 1,200 at once', async () => {
    const counters = client.db('t').collection<{ _id: string; n: number }>('counters');
    await counters.insertOne({ _id: 'c', n: 0 });
    await Promise.all(
      Array.from({ length: 1200 }, () => counters.updateOne({ _id: 'c' }, { $inc: { n: 1 } })),
    );
    expect((await counters.findOne({ _id: 'c' }))?.n).toBe(1200);
  });

  it('lets one of many insert the same unique value', async () => {
    const names = client.db('t').collection('names');
    await names.createIndex({ name: 1 }, { unique: true });
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => names.insertOne({ name: 'x' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toBeInstanceOf(MongoServerError);
    expect(refused.reason).toMatchObject({ code: 11000, keyPattern: { name: 1 }, keyValue: { name: 'x' } });
  });

  it('has everything again after it was closed and opened', async () => {
    await client.db('t').collection('things').insertOne({ n: 1 });
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir });
    client = new MongoClient(store.uri);
    expect(await client.db('t').collection('things').findOne()).toMatchObject({ n: 1 });
  });

  it('answers what it does not know as MongoDB does', async () => {
    const db = client.db('t');
    await expect(db.command({ mapReduce: 'x' })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
    });
    await expect(db.command({ find: 'x', nonsense: 1 })).rejects.toMatchObject({ code: 40415 });
  });
});
