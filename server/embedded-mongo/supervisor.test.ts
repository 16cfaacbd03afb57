import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import { openStoreInProcess } from './in-process.ts';
import { EmbeddedStore } from './supervisor.ts';

/** Starts the built store: `npm test` builds first, `npm run build` does it by hand. */
const DEEP = process.env.SVODKA_DEEP !== undefined;
const ROUNDS = DEEP ? 60 : 4;
const SEED = Number(process.env.SVODKA_SEED ?? Date.now() % 1_000_000);

/** Mulberry32: small, and the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomFrom(SEED);
const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'embedded-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** What the store owes to its writers: ids whose insert was acknowledged, increments that were. */
interface Ledger {
  inserted: Set<string>;
  increments: number;
  attempts: number;
}

/** Writes until told to stop; what fails is not in the ledger, and its outcome is unknown. */
async function write(
  client: MongoClient,
  name: string,
  ledger: Ledger,
  stopped: () => boolean,
): Promise<void> {
  const things = client.db('t').collection<{ _id: string; group: string; n: number }>('things');
  const counters = client.db('t').collection<{ _id: string; n: number }>('counters');
  for (let n = 0; !stopped(); n++) {
    try {
      const _id = `${name}-${n}`;
      await things.insertOne({ _id, group: name, n });
      ledger.inserted.add(_id);
      ledger.attempts++;
      await counters.updateOne({ _id: 'all' }, { $inc: { n: 1 } }, { upsert: true });
      ledger.increments++;
    } catch {
      await delay(5);
    }
  }
}

describe('the store process', () => {
  it(
    `loses no acknowledged write to SIGKILL (seed ${SEED})`,
    async () => {
      const ledger: Ledger = { inserted: new Set(), increments: 0, attempts: 0 };
      let start: Document | undefined;
      for (let round = 0; round < ROUNDS; round++) {
        const store = await EmbeddedStore.start({ dir });
        const client = new MongoClient(store.uri);
        // A client that cannot connect at all closes itself; one that loses its server waits for it.
        await client.connect();
        const { uri } = store;
        if (!start) {
          await client.db('t').collection('things').createIndex({ group: 1, n: -1 });
          const stream = client.db('t').watch([], { maxAwaitTimeMS: 10 });
          await stream.tryNext();
          start = stream.resumeToken as Document;
          await stream.close();
        }
        let stopped = false;
        const writers = Array.from({ length: 4 }, (_, i) =>
          write(client, `r${round}w${i}`, ledger, () => stopped),
        );
        for (let kill = 0; kill < 2; kill++) {
          await delay(50 + random() * 350);
          const back = new Promise<void>((resolve) => store.once('restarted', resolve));
          process.kill(store.pid, 'SIGKILL');
          await back;
        }
        await delay(50 + random() * 100);
        stopped = true;
        await Promise.all(writers);
        expect(store.uri).toBe(uri);
        await check(client, ledger, start);
        await client.close();
        await store.stop();
      }
      expect(ledger.inserted.size).toBeGreaterThan(0);
    },
    DEEP ? 1_200_000 : 120_000,
  );

  it('stops on request and keeps what it had', async () => {
    const store = await EmbeddedStore.start({ dir });
    const client = new MongoClient(store.uri);
    await client.db('t').collection('things').insertOne({ n: 1 });
    await client.close();
    await store.stop();
    expect(store.pid === 0 || !isAlive(store.pid)).toBe(true);
    const again = await openStoreInProcess({ dir });
    const reader = new MongoClient(again.uri);
    expect(await reader.db('t').collection('things').findOne()).toMatchObject({ n: 1 });
    await reader.close();
    await again.close();
  });

  it('says in one sentence why it cannot start', async () => {
    const occupied = join(dir, 'file');
    writeFileSync(occupied, '');
    await expect(EmbeddedStore.start({ dir: occupied })).rejects.toMatchObject({ name: 'StoreProcessError' });
  });

  it('refuses writes on a full disk, loses none, and goes on when there is room', async () => {
    if (!mountTiny(dir, '6m')) {
      console.log('no file system of 6 MB can be mounted here: the test of a full disk is SKIPPED.');
      return;
    }
    const store = await EmbeddedStore.start({ dir: join(dir, 'store') });
    let crashes = 0;
    store.on('crashed', () => crashes++);
    const client = new MongoClient(store.uri);
    const things = client.db('t').collection<{ _id: string; text: string }>('things');
    try {
      const acknowledged = new Set<string>();
      const insert = async (_id: string) => {
        await things.insertOne({ _id, text: 'x'.repeat(2000) });
        acknowledged.add(_id);
      };
      let refusals = 0;
      for (let i = 0; i < 5000 && refusals < 20; i++) {
        await insert(`a${i}`).catch((error) => {
          expect(error).toMatchObject({ code: 14031 });
          refusals++;
        });
      }
      expect(refusals).toBe(20);
      const stored = async () =>
        (await things.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
      expect(new Set(await stored())).toEqual(acknowledged);
      // What makes room may still be done, and to mark something as deleted is to change it.
      for (let i = 10; i < 15; i++)
        expect(
          (await things.updateOne({ _id: `a${i}` }, { $set: { deletedAt: new Date() } })).modifiedCount,
        ).toBe(1);
      for (let i = 0; i < 10; i++) expect((await things.deleteOne({ _id: `a${i}` })).deletedCount).toBe(1);
      tool('mount', '-o', 'remount,size=60m', dir);
      for (let i = 0; i < 20; i++) await insert(`b${i}`);
      expect((await stored()).filter((id) => id.startsWith('b'))).toHaveLength(20);
      expect(crashes).toBe(0);
    } finally {
      await client.close();
      await store.stop();
      tool('umount', dir);
    }
  }, 120_000);
});

/** A program of the system; throws when it is not there or fails. */
const tool = (name: string, ...given: string[]) => execFileSync(name, given, { stdio: 'ignore' });

function mountTiny(at: string, size: string): boolean {
  try {
    tool('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function check(client: MongoClient, ledger: Ledger, start: Document): Promise<void> {
  const things = client.db('t').collection<{ _id: string }>('things');
  const stored = new Set((await things.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id));
  const lost = [...ledger.inserted].filter((id) => !stored.has(id));
  expect(lost).toEqual([]);
  // The index holds what the collection holds.
  const byIndex = await things
    .find({}, { projection: { _id: 1 } })
    .hint('group_1_n_-1')
    .toArray();
  expect(byIndex.length).toBe(stored.size);
  // An increment is applied once, however often it was sent; only unacknowledged ones are in doubt.
  const counter = await client
    .db('t')
    .collection<{ _id: string; n: number }>('counters')
    .findOne({ _id: 'all' });
  expect(counter?.n ?? 0).toBeGreaterThanOrEqual(ledger.increments);
  expect(counter?.n ?? 0).toBeLessThanOrEqual(ledger.attempts);
  // The log tells of every document that is there.
  const stream = client
    .db('t')
    .watch([{ $match: { 'ns.coll': 'things' } }], { resumeAfter: start, maxAwaitTimeMS: 50 });
  const told = new Set<string>();
  for (let event = await stream.tryNext(); event; event = await stream.tryNext()) {
    if (event.operationType === 'insert') told.add(event.documentKey._id as unknown as string);
  }
  await stream.close();
  expect([...stored].filter((id) => !told.has(id))).toEqual([]);
}
