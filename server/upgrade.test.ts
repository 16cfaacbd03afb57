// What the program before there were steps has written, brought up to date. `test/support/fixtures/schema-1.json` was
// written by it: an event of every type, some resolved, opened again, edited, removed, discussed, imported.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asks } from '@svodka/shared/contracts/modules';
import { isOpen } from '@svodka/shared/rules/status';
import { EJSON } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { openTestStore, type TestStore } from '../test/support/app.ts';
import { root } from '../test/support/app-process.ts';
import { type CommentDoc, READERS, type ReaderDoc } from './discussion/comment.schema.ts';
import type { EventDoc } from './events/event.schema.ts';
import { STEPS } from './migrations.ts';
import { loadConfig } from './platform/config/config.ts';
import { EXIT } from './platform/data-directory/exit.ts';
import { Logger } from './platform/logger/logger.ts';
import { connectMongo } from './platform/mongo/mongo.ts';
import { startServer } from './start.ts';

type Dump = Record<string, { indexes: mongo.IndexDescriptionInfo[]; documents: { _id: never }[] }>;

const logger = new Logger('fatal');

async function load(db: mongo.Db): Promise<void> {
  const text = await readFile(join(root, 'test/support/fixtures/schema-1.json'), 'utf8');
  const dump = EJSON.parse(text, { relaxed: true }) as Dump;
  for (const [name, { documents, indexes }] of Object.entries(dump)) {
    if (documents.length > 0) await db.collection(name).insertMany(documents);
    for (const { key, ...options } of indexes) await db.collection(name).createIndex(key, options);
  }
}

describe('data of the version before there were steps', () => {
  let store: TestStore;
  let connection: Connection;
  let before: Map<string, EventDoc>;
  let after: Map<string, EventDoc>;
  const db = () => connection.db as mongo.Db;
  const events = async () =>
    new Map((await db().collection<EventDoc>('events').find().toArray()).map((doc) => [doc._id, doc]));
  const start = () => startServer({ config: loadConfig({ PORT: '0' }), logger, storeUri: store.uri });

  beforeAll(async () => {
    store = await openTestStore();
    connection = await connectMongo(store.uri);
    await load(db());
    before = await events();
    await (await start()).stop();
    after = await events();
  });
  afterAll(async () => {
    await connection?.close();
    await store?.close();
  });

  it('starts, and says which steps were done', async () => {
    const numbers = STEPS.map(({ number }) => number).sort((a, b) => a - b);
    const schema = await db().collection<{ _id: string }>('settings').findOne({ _id: 'schema' });
    expect(schema).toMatchObject({
      version: numbers.at(-1),
      running: null,
      steps: numbers.map((number) => ({ number })),
    });
  });

  it('keeps every event, and records the facts that nobody has touched', () => {
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [id, old] of before) {
      const byHand = old.revisions.some(({ changes }) => 'status' in changes);
      const isHistory = old.source?.batchId !== undefined && old.dueAt !== null && old.dueAt < old.recordedAt;
      const isFact = !asks(old.type) && (!old.dueAt || isHistory);
      const expected = old.status === 'open' && isFact && !byHand ? 'recorded' : old.status;
      expect([id, old.type, after.get(id)?.status]).toEqual([id, old.type, expected]);
    }
    const count = (docs: Map<string, EventDoc>) => [...docs.values()].filter(isOpen).length;
    expect(count(before)).toBeGreaterThan(90);
    expect(count(after)).toBeLessThan(count(before) / 2);
  });

  it('touches neither revisions nor `rev`', () => {
    for (const [id, { revisions, rev }] of before) expect(after.get(id)).toMatchObject({ revisions, rev });
  });

  it('lets those who have commented hear what is answered, from now on', async () => {
    const comments = await db().collection<CommentDoc>('comments').find({ deletedAt: null }).toArray();
    expect(comments.length).toBeGreaterThan(3);
    const readers = await db().collection<ReaderDoc>(READERS).find().toArray();
    const pairs = (docs: { eventId: string; by: string }[]) => [
      ...new Set(docs.map(({ eventId, by }) => `${eventId} ${by}`)),
    ];
    expect(pairs(readers.map(({ eventId, userId: by }) => ({ eventId, by }))).sort()).toEqual(
      pairs(comments.map(({ eventId, authorId: by }) => ({ eventId, by }))).sort(),
    );
    for (const { createdAt } of comments)
      for (const { followsAt } of readers) expect(followsAt?.getTime()).toBeGreaterThan(createdAt.getTime());
  });

  it('is brought up to date once', async () => {
    await (await start()).stop();
    expect(await events()).toEqual(after);
  });

  it('is refused by a program that knows less', async () => {
    const settings = db().collection<{ _id: string; version: number }>('settings');
    // The program that wrote the fixture knows version 1 only.
    expect((await settings.findOne({ _id: 'schema' }))?.version).toBeGreaterThan(1);
    await settings.updateOne({ _id: 'schema' }, { $inc: { version: 1 } });
    await expect(start()).rejects.toMatchObject({ exitCode: EXIT.badData });
  });
});
