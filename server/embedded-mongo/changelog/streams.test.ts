import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangeStream, type Document, MongoClient } from 'mongodb';
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

const soon = { maxAwaitTimeMS: 20 };

const db = () => client.db('t');
const things = () => db().collection<{ _id: number; n?: number; note?: string }>('things');

async function take(stream: ChangeStream, count: number): Promise<Document[]> {
  const events: Document[] = [];
  while (events.length < count) events.push((await stream.next()) as Document);
  return events;
}

/** Opens a stream whose first command has been answered: what follows is after its position. */
async function opened(stream: ChangeStream): Promise<ChangeStream> {
  // Asking for one more reply is the driver's only way to say that the first has come.
  await stream.tryNext();
  return stream;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('change streams', () => {
  it('tell inserts, updates, replacements and deletes in commit order, with images', async () => {
    await db().createCollection('things', { changeStreamPreAndPostImages: { enabled: true } });
    const stream = await opened(
      things().watch([], { ...soon, fullDocument: 'required', fullDocumentBeforeChange: 'whenAvailable' }),
    );
    await things().insertOne({ _id: 1, n: 1 });
    await things().updateOne({ _id: 1 }, { $set: { n: 2 }, $unset: { note: 1 } });
    await things().replaceOne({ _id: 1 }, { note: 'x' });
    await things().deleteOne({ _id: 1 });
    const events = await take(stream, 4);
    expect(events).toMatchObject([
      {
        operationType: 'insert',
        documentKey: { _id: 1 },
        fullDocument: { _id: 1, n: 1 },
        ns: { db: 't', coll: 'things' },
      },
      {
        operationType: 'update',
        updateDescription: { updatedFields: { n: 2 }, removedFields: [], truncatedArrays: [] },
        fullDocument: { _id: 1, n: 2 },
        fullDocumentBeforeChange: { _id: 1, n: 1 },
      },
      { operationType: 'replace', fullDocument: { _id: 1, note: 'x' }, fullDocumentBeforeChange: { n: 2 } },
      { operationType: 'delete', documentKey: { _id: 1 }, fullDocumentBeforeChange: { note: 'x' } },
    ]);
    expect(events[0]).not.toHaveProperty('fullDocumentBeforeChange');
    const tokens = events.map(({ _id }) => _id._data as string);
    expect([...tokens].sort()).toEqual(tokens);
    await stream.close();
  });

  it('answer 47 when a required image was not kept', async () => {
    await things().insertOne({ _id: 1, n: 1 });
    const stream = await opened(things().watch([], { ...soon, fullDocument: 'required' }));
    await things().updateOne({ _id: 1 }, { $set: { n: 2 } });
    await expect(stream.next()).rejects.toMatchObject({ code: 47 });
  });

  it('look up the present document, which may be gone', async () => {
    const stream = await opened(things().watch([], { ...soon, fullDocument: 'updateLookup' }));
    await things().insertOne({ _id: 1, n: 1 });
    await things().updateOne({ _id: 1 }, { $set: { n: 2 } });
    await things().deleteOne({ _id: 1 });
    expect((await take(stream, 3))[1]).toMatchObject({ operationType: 'update', fullDocument: null });
    await stream.close();
  });

  it('resume behind a token after the store was opened anew', async () => {
    const stream = await opened(db().watch([], soon));
    await things().insertOne({ _id: 1 });
    const [first] = await take(stream, 1);
    await stream.close();
    await things().insertMany([{ _id: 2 }, { _id: 3 }]);
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir });
    client = new MongoClient(store.uri);
    await things().insertOne({ _id: 4 });
    const again = db().watch([], { resumeAfter: first?._id });
    expect((await take(again, 3)).map(({ documentKey }) => documentKey._id)).toEqual([2, 3, 4]);
    await again.close();
  });

  it('move their position over changes that do not pass', async () => {
    const stream = await opened(db().watch([{ $match: { 'fullDocument.note': 'mine' } }], soon));
    const before = stream.resumeToken as { _data: string };
    await things().insertOne({ _id: 1, note: 'other' });
    expect(await stream.tryNext()).toBeNull();
    expect((stream.resumeToken as { _data: string })._data > before._data).toBe(true);
    await stream.close();
  });

  it('say nothing of an update that changes nothing', async () => {
    await things().insertOne({ _id: 1, n: 1 });
    const stream = await opened(things().watch([], soon));
    await things().updateOne({ _id: 1 }, { $set: { n: 1 } });
    await things().insertOne({ _id: 2 });
    expect(await take(stream, 1)).toMatchObject([{ operationType: 'insert' }]);
    await stream.close();
  });

  it('end with invalidate when their collection is dropped; only startAfter passes it', async () => {
    const stream = await opened(things().watch([], soon));
    await things().insertOne({ _id: 1 });
    await things().drop();
    const events = await take(stream, 3);
    expect(events.map(({ operationType }) => operationType)).toEqual(['insert', 'drop', 'invalidate']);
    const token = events[2]?._id;
    await expect(things().watch([], { resumeAfter: token }).next()).rejects.toMatchObject({ code: 260 });
    const after = await opened(things().watch([], { ...soon, startAfter: token }));
    await things().insertOne({ _id: 2 });
    expect(await take(after, 1)).toMatchObject([{ documentKey: { _id: 2 } }]);
    const fromDrop = things().watch([], { resumeAfter: events[1]?._id });
    expect((await fromDrop.next()) as Document).toMatchObject({ operationType: 'invalidate' });
    await after.close();
  });

  it('refuse positions they cannot honour', async () => {
    const stream = await opened(things().watch([], soon));
    await things().insertOne({ _id: 1 });
    const [event] = await take(stream, 1);
    await stream.close();
    const data = event?._id._data as string;
    const foreign = { _data: data.slice(0, -1) + (data.endsWith('0') ? '1' : '0') };
    await expect(things().watch([], { resumeAfter: foreign }).next()).rejects.toMatchObject({ code: 286 });
    await expect(
      things()
        .watch([], { resumeAfter: { _data: 'x' } })
        .next(),
    ).rejects.toMatchObject({ code: 260 });
    const changing = await opened(things().watch([{ $unset: '_id' }], soon));
    await things().insertOne({ _id: 2 });
    await expect(changing.next()).rejects.toThrow();
  });

  it('start at an operation time, inclusive', async () => {
    const session = client.startSession();
    await things().insertOne({ _id: 1 }, { session });
    const startAtOperationTime = session.operationTime;
    await things().insertOne({ _id: 2 });
    const stream = things().watch([], { ...(startAtOperationTime && { startAtOperationTime }) });
    expect((await take(stream, 2)).map(({ documentKey }) => documentKey._id)).toEqual([1, 2]);
    await stream.close();
    await session.endSession();
  });

  it('wake at once while they wait', async () => {
    const stream = things().watch([], { maxAwaitTimeMS: 20_000 });
    const next = stream.next();
    await until(() => store.engine.cursors.size > 0);
    const began = performance.now();
    await things().insertOne({ _id: 1 });
    await next;
    expect(performance.now() - began).toBeLessThan(5_000);
    await stream.close();
  });
});

describe('the change log', () => {
  it('tells the same from memory as from the disk, from every position, also after a restart', async () => {
    const { log } = store.engine;
    const from = log.committed;
    for (let batch = 0; batch < 6; batch++)
      await things().insertMany(
        // Together more than is kept in memory, so that some positions lead to the disk.
        Array.from({ length: 20 }, (_, i) => ({ _id: batch * 20 + i, note: 'x'.repeat(60_000) })),
      );
    await things().updateOne({ _id: 3 }, { $set: { n: 1 } });
    await things().deleteOne({ _id: 4 });
    const told = (of: typeof log, position: bigint) =>
      [...of.after(position)].map(({ clusterTime, operation, id, after }) =>
        [clusterTime, operation, Number(id), after?.length].join(),
      );
    const whole = told(log, from);
    expect(whole).toHaveLength(122);
    const places = whole.map((line) => BigInt(line.split(',')[0] as string));
    for (const [i, place] of places.entries()) expect(told(log, place)).toEqual(whole.slice(i + 1));
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir });
    client = new MongoClient(store.uri);
    expect(told(store.engine.log, from)).toEqual(whole);
  });

  it('keeps never fewer than asked, and answers 286 for what is gone', async () => {
    await client.close();
    await store.close();
    store = await openStoreInProcess({ dir, retention: { entries: 20, ageMs: 0, bytes: 0 } });
    client = new MongoClient(store.uri);
    const stream = await opened(things().watch([], soon));
    await things().insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: i })));
    const events = await take(stream, 50);
    await stream.close();
    await store.engine.sweep();
    expect(store.engine.log.size.entries).toBe(20);
    await expect(things().watch([], { resumeAfter: events[10]?._id }).next()).rejects.toMatchObject({
      code: 286,
    });
    const kept = things().watch([], { resumeAfter: events[29]?._id });
    expect(await take(kept, 20)).toHaveLength(20);
    await kept.close();
  });
});
