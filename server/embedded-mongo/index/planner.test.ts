import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, MongoClient, type Sort } from 'mongodb';
import { type InProcessStore, openStoreInProcess } from '../in-process.ts';

let dir: string;
let store: InProcessStore;
let client: MongoClient;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'embedded-'));
  store = await openStoreInProcess({ dir });
  client = new MongoClient(store.uri);
  await events().createIndexes([
    { key: { module: 1, occurredAt: -1, _id: -1 } },
    { key: { importance: 1, occurredAt: -1, _id: -1 } },
    { key: { occurredAt: -1, _id: -1 } },
    { key: { counterpartyIds: 1, occurredAt: -1, _id: -1 } },
    { key: { terms: 1 } },
    { key: { number: 1 }, unique: true },
    { key: { dueAt: 1 }, partialFilterExpression: { dueAt: { $exists: true } } },
    { key: { name: 1, nextRunAt: 1, priority: -1 } },
  ]);
  await events().insertMany(Array.from({ length: 2000 }, (_, i) => makeEvent(i)));
});

afterAll(async () => {
  await client.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const ROUNDS = process.env.SVODKA_DEEP ? 1_000 : 20;

const events = () => client.db('t').collection<{ _id: number; [field: string]: unknown }>('events');

const makeEvent = (i: number) => ({
  _id: i,
  number: `N-${i}`,
  module: ['finance', 'orders', 'calls', 'mail'][i % 4],
  importance: ['info', 'normal', 'high', 'critical'][Math.floor(i / 4) % 4],
  occurredAt: new Date(1_700_000_000_000 + ((i * 7919) % 2000) * 60_000),
  counterpartyIds: [`c${i % 10}`, `c${(i + 1) % 10}`],
  terms: [`word${i % 100}`, 'окно'],
  ...(i % 20 === 0 && { dueAt: new Date(1_700_000_000_000 + i * 1000) }),
});

interface Plan {
  stages: string[];
  index: string | undefined;
  n: number;
  keys: number;
  docs: number;
  merged: number | undefined;
}

async function explained(filter: Document, sort: Sort = {}, limit = 0): Promise<Plan> {
  const answer = await events().find(filter).sort(sort).limit(limit).explain('executionStats');
  const stages: string[] = [];
  let index: string | undefined;
  let merged: number | undefined;
  for (let stage = answer.queryPlanner.winningPlan; stage; stage = stage.inputStage) {
    stages.push(stage.stage);
    index ??= stage.indexName;
    merged ??= stage.merged;
  }
  const { nReturned, totalKeysExamined, totalDocsExamined } = answer.executionStats;
  return { stages, index, merged, n: nReturned, keys: totalKeysExamined, docs: totalDocsExamined };
}

/** What the answer must be: everything read, filtered and sorted by the store without any index. */
async function expectSame(filter: Document, sort: Sort = {}, limit = 0): Promise<void> {
  const ask = () => events().find(filter).sort(sort).limit(limit).project<{ _id: number }>({ _id: 1 });
  const byPlan = await ask().toArray();
  const byScan = await ask().hint({ $natural: 1 }).toArray();
  const ids = (found: { _id: number }[]) => found.map(({ _id }) => _id);
  if (Object.keys(sort).length > 0) expect(ids(byPlan)).toEqual(ids(byScan));
  else expect(ids(byPlan).sort()).toEqual(ids(byScan).sort());
}

const newestFirst: Sort = { occurredAt: -1, _id: -1 };

describe('the planner', () => {
  it('answers equality and order from one index, reading only the page', async () => {
    const plan = await explained({ module: 'orders' }, newestFirst, 100);
    expect(plan).toMatchObject({ index: 'module_1_occurredAt_-1__id_-1', n: 100, keys: 100, docs: 100 });
    expect(plan.stages).not.toContain('SORT');
    await expectSame({ module: 'orders' }, newestFirst, 100);
  });

  it('walks an index backwards for the opposite order', async () => {
    const plan = await explained({ module: 'orders' }, { occurredAt: 1, _id: 1 }, 10);
    expect(plan).toMatchObject({ keys: 10, n: 10 });
    expect(plan.stages).not.toContain('SORT');
    await expectSame({ module: 'orders' }, { occurredAt: 1, _id: 1 }, 10);
  });

  it('asks again what a merge had read before it paused', async () => {
    const queue = client.db('t').collection<{ _id: number; state: string }>('queue');
    await queue.createIndex({ state: 1, _id: 1 });
    await queue.insertMany(Array.from({ length: 6 }, (_, _id) => ({ _id, state: _id % 2 ? 'a' : 'b' })));
    const left = queue.find({ state: { $in: ['a', 'b'] } }, { batchSize: 2 }).sort({ _id: 1 });
    expect(await left.next()).toMatchObject({ _id: 0 });
    await queue.updateMany({ _id: { $in: [2, 3] } }, { $set: { state: 'c' } });
    await queue.deleteOne({ _id: 4 });
    expect((await left.toArray()).map(({ _id }) => _id)).toEqual([1, 5]);
  });

  it('merges the values of $in, so that the order still comes from the index', async () => {
    const filter = { importance: { $in: ['high', 'critical'] } };
    const plan = await explained(filter, newestFirst, 50);
    expect(plan).toMatchObject({ index: 'importance_1_occurredAt_-1__id_-1', merged: 2, n: 50 });
    expect(plan.keys).toBeLessThanOrEqual(52);
    expect(plan.stages).not.toContain('SORT');
    await expectSame(filter, newestFirst, 50);
    await expectSame(filter, { occurredAt: 1, _id: 1 }, 50);
  });

  it('bounds a range behind an equality', async () => {
    const from = new Date(1_700_000_000_000 + 100 * 60_000);
    const to = new Date(1_700_000_000_000 + 200 * 60_000);
    const filter = { module: 'calls', occurredAt: { $gte: from, $lt: to } };
    const plan = await explained(filter, newestFirst);
    expect(plan).toMatchObject({ index: 'module_1_occurredAt_-1__id_-1', n: plan.keys });
    expect(plan.keys).toBeGreaterThan(0);
    await expectSame(filter, newestFirst);
    await expectSame({ occurredAt: { $gt: from, $lte: to } }, newestFirst);
  });

  it('finds one document by a unique value', async () => {
    expect(await explained({ number: 'N-77' })).toMatchObject({ index: 'number_1', n: 1, keys: 1, docs: 1 });
  });

  it('finds each of a thousand values, and reads nothing else', async () => {
    const numbers = Array.from({ length: 1_000 }, (_, i) => `N-${i * 3}`);
    const found = numbers.filter((number) => Number(number.slice(2)) < 2000).length;
    expect(await explained({ number: { $in: numbers } })).toMatchObject({
      index: 'number_1',
      n: found,
      keys: found,
      docs: found,
    });
    const ids = numbers.map((_, i) => i * 3);
    expect(await explained({ _id: { $in: ids } })).toMatchObject({ n: found, keys: found, docs: found });
    await expectSame({ number: { $in: numbers } }, newestFirst, 50);
    await expectSame({ number: { $in: numbers } }, { number: -1 }, 50);
    await expectSame({ importance: 'high', counterpartyIds: { $in: [...numbers, 'c3'] } }, newestFirst, 50);
  });

  it('finds an element of an array, each document once', async () => {
    const filter = { counterpartyIds: { $in: ['c3', 'c4'] } };
    const plan = await explained(filter, newestFirst, 20);
    expect(plan.stages).not.toContain('SORT');
    expect(plan.index).toBe('counterpartyIds_1_occurredAt_-1__id_-1');
    const found = await events().find(filter).toArray();
    expect(new Set(found.map(({ _id }) => _id)).size).toBe(found.length);
    await expectSame(filter, newestFirst, 20);
    await expectSame(filter);
  });

  it('turns /^prefix/ into a range of strings', async () => {
    const plan = await explained({ terms: /^word7/ });
    expect(plan).toMatchObject({ index: 'terms_1', n: 220 });
    expect(plan.keys).toBeLessThan(300);
    await expectSame({ terms: /^word7/ });
    await expectSame({ terms: /^окн/ });
    await expectSame({ terms: /^word7?/ });
    await expectSame({ terms: /^(word7|окно)/ });
  });

  it('uses a partial index only where the filter implies its condition', async () => {
    expect((await explained({ dueAt: { $lte: new Date() } })).index).toBe('dueAt_1');
    expect((await explained({ dueAt: null })).stages).toContain('COLLSCAN');
    await expectSame({ dueAt: null });
  });

  it('does not take two scans of one branch for the scan of another', async () => {
    const inner = { $or: [{ number: 'N-1' }, { number: 'N-2' }] };
    const filter = { $or: [inner, { number: 'N-3' }, { nowhere: null }] };
    expect(await events().find(filter).toArray()).toHaveLength(2000);
  });

  it('unites the branches of $or', async () => {
    const filter = { $or: [{ number: 'N-1' }, { dueAt: { $lt: new Date(1_700_000_100_000) } }] };
    const plan = await explained(filter);
    expect(plan.stages).toContain('OR');
    expect(plan.docs).toBeLessThan(20);
    await expectSame(filter);
  });

  it('walks everything when nothing fits, and sorts', async () => {
    const plan = await explained({ nothing: 1 }, { somewhere: 1 });
    expect(plan.stages).toEqual(['SORT', 'COLLSCAN']);
    expect(plan).toMatchObject({ n: 0, docs: 2000, keys: 0 });
  });

  it('follows a hint and refuses one that names nothing', async () => {
    const hinted = await events().find({ module: 'mail' }).hint('occurredAt_-1__id_-1').explain();
    expect(hinted.queryPlanner.winningPlan.inputStage.indexName).toBe('occurredAt_-1__id_-1');
    await expect(events().find({}).hint('no').toArray()).rejects.toMatchObject({ code: 2 });
  });

  it('counts keys without reading documents where they say it all', async () => {
    const answer = await client.db('t').command({
      explain: { count: 'events', query: { module: 'mail' } },
      verbosity: 'executionStats',
    });
    expect(answer.executionStats).toMatchObject({
      nReturned: 500,
      totalKeysExamined: 500,
      totalDocsExamined: 0,
    });
    expect(await events().countDocuments({ module: 'mail' })).toBe(500);
    expect(await events().countDocuments({ module: 'mail' }, { limit: 7 })).toBe(7);
    expect(await events().countDocuments({})).toBe(2000);
    expect(await events().countDocuments({ module: 'none' })).toBe(0);
  });

  it('gives the same answers as a scan for many random filters', async () => {
    const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;
    const date = () => new Date(1_700_000_000_000 + Math.floor(Math.random() * 2000) * 60_000);
    const conditions: (() => Document)[] = [
      () => ({ module: pick(['finance', 'orders', 'none']) }),
      () => ({ module: { $in: [pick(['finance', 'calls']), 'mail', 'mail'] } }),
      () => ({ importance: { $nin: ['info'] } }),
      () => ({ importance: { $in: ['high', pick(['info', 'critical'])] } }),
      () => ({ occurredAt: { [pick(['$gt', '$gte', '$lt', '$lte'])]: date() } }),
      () => ({ occurredAt: { $gte: date(), $lt: date() } }),
      () => ({ counterpartyIds: pick(['c1', 'c2', 'zz']) }),
      () => ({ counterpartyIds: { $all: ['c1', 'c2'] } }),
      () => ({ counterpartyIds: { $gt: 'c3', $lt: 'c5' } }),
      () => ({ terms: pick([/^word1/, /^окно$/, /ord2/, /^WORD/i]) }),
      () => ({ dueAt: pick([{ $exists: true }, { $exists: false }, { $lt: date() }, null]) }),
      () => ({ number: { $in: [`N-${Math.floor(Math.random() * 2000)}`, 'N-1'] } }),
      () => ({ _id: { $gte: Math.floor(Math.random() * 2000) } }),
      () => ({ $or: [{ module: 'calls' }, { importance: 'high', occurredAt: { $lt: date() } }] }),
    ];
    const sorts: Sort[] = [
      {},
      newestFirst,
      { occurredAt: 1, _id: 1 },
      { _id: 1 },
      { number: -1 },
      { terms: 1, _id: 1 },
    ];
    for (let round = 0; round < ROUNDS; round++) {
      const parts = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => pick(conditions)());
      const filter = parts.length === 1 ? (parts[0] as Document) : { $and: parts };
      await expectSame(filter, pick(sorts), 0);
    }
  });
});
