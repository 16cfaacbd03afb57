import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import { MongoClient } from 'mongodb';
import { createConnection, Schema } from 'mongoose';
import { type InProcessStore, openStoreInProcess } from './in-process.ts';

let dir: string;
let store: InProcessStore;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'embedded-'));
  store = await openStoreInProcess({ dir });
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the libraries that stand on it', () => {
  it('mongoose: models, indexes, versions, watch', async () => {
    const connection = await createConnection(store.uri, { dbName: 't', autoIndex: false }).asPromise();
    const schema = new Schema(
      { title: { type: String, index: true }, tags: [String], at: Date },
      { timestamps: true },
    );
    schema.index({ tags: 1, at: -1 });
    const Thing = connection.model('Thing', schema);
    await Thing.createCollection();
    await Thing.syncIndexes();
    expect((await Thing.listIndexes()).map(({ name }) => name)).toEqual(['_id_', 'title_1', 'tags_1_at_-1']);
    const stream = Thing.watch([], { fullDocument: 'updateLookup' });
    const seen: string[] = [];
    stream.on('change', ({ operationType }) => seen.push(operationType));
    await until(() => store.engine.cursors.size > 0);
    const thing = await Thing.create({ title: 'a', tags: ['x'], at: new Date(0) });
    thing.tags.push('y');
    await thing.save();
    expect(await Thing.findOne({ tags: 'y' }).sort({ at: -1 }).lean()).toMatchObject({
      title: 'a',
      tags: ['x', 'y'],
    });
    const stale = await Thing.findById(thing._id).orFail();
    thing.set('tags.0', 'z');
    await thing.save();
    stale.set('tags.1', 'w');
    await stale.save();
    expect(await Thing.exists({ title: 'none' })).toBeNull();
    expect(await Thing.countDocuments({ title: 'a' })).toBe(1);
    expect(await Thing.estimatedDocumentCount()).toBe(1);
    await Thing.deleteOne({ _id: thing._id });
    await until(() => seen.includes('delete'));
    expect(seen).toEqual(['insert', 'update', 'update', 'update', 'delete']);
    await stream.close();
    await connection.close();
  });

  it('agenda: jobs run once, between two processes too', async () => {
    const clients = [new MongoClient(store.uri), new MongoClient(store.uri)];
    const ran: string[] = [];
    const agendas = clients.map((client, i) => {
      const backend = new MongoBackend({ mongo: client.db('t') as never, collection: 'jobs' });
      const agenda = new Agenda({ backend, processEvery: 100 });
      agenda.define('ring', async (job: { attrs: { data: { n: number } } }) => {
        ran.push(`${i}:${job.attrs.data.n}`);
      });
      return agenda;
    });
    for (const agenda of agendas) await agenda.start();
    const [first] = agendas;
    for (let n = 0; n < 5; n++) await first?.now('ring', { n });
    await until(() => ran.length >= 5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ran.map((one) => one.split(':')[1]).sort()).toEqual(['0', '1', '2', '3', '4']);
    for (const agenda of agendas) await agenda.stop();
    for (const client of clients) await client.close();
  });
});
