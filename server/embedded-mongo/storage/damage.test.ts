/**
 * A closed store is damaged in every way we can think of, and then opened. It must either say so, in one sentence, with
 * the file untouched, or be whole: every document by every index, and every log entry. Nothing in between, and no
 * signal. `npm test` makes a seeded tenth of the damages, `npm run test:deep` all of them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { type InProcessStore, openStoreInProcess } from '../in-process.ts';
import { DamagedStoreError } from './damage.ts';
import { DataFile } from './data-file.ts';
import { Seal } from './seal.ts';

const DEEP = process.env.SVODKA_DEEP !== undefined;
const EACH = DEEP ? 200 : 20;
const SEED = Number(process.env.SVODKA_SEED ?? Date.now() % 1_000_000);
const PAGE = 4096;

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Bytes = { data: Buffer; seal: Buffer };

let root: string;
/** A store that was closed in order, the same as a kill leaves it, and its data file some commits earlier. */
let closed: Bytes;
let killed: Bytes;
let earlier: Buffer;
let truth: string;

const bytesOf = (dir: string): Bytes => ({
  data: readFileSync(join(dir, 'data.mdb')),
  seal: readFileSync(join(dir, 'seal')),
});

/** Everything there is to know, told by each index and by the log, in an order that does not depend on them. */
async function everything(store: InProcessStore): Promise<string> {
  const client = new MongoClient(store.uri);
  try {
    const things = client.db('t').collection('things');
    const found: unknown[] = [];
    for (const { name } of await things.listIndexes().toArray())
      found.push(await things.find({}).hint(name).sort({ _id: 1 }).toArray());
    found.push(await things.find({}).hint({ $natural: 1 }).sort({ _id: 1 }).toArray());
    found.push(await things.countDocuments(), await things.estimatedDocumentCount());
    const log = [...store.engine.log.after(store.engine.log.pruned)];
    found.push(log.map(({ clusterTime, operation, id }) => [String(clusterTime), operation, id]));
    return JSON.stringify(found);
  } finally {
    await client.close();
  }
}

async function fill(db: Db, from: number, to: number): Promise<void> {
  const things = db.collection<{ _id: number; group: string; tags: string[]; text: string; n: number }>(
    'things',
  );
  for (let n = from; n < to; n++) {
    const text = `${n} `.repeat(n % 37 === 0 ? 3000 : 60);
    await things.insertOne({ _id: n, group: `g${n % 7}`, tags: [`a${n % 5}`, `b${n % 11}`], text, n });
    if (n % 3 === 0) await things.updateOne({ _id: n - 3 }, { $inc: { n: 1000 }, $set: { group: 'moved' } });
    if (n % 10 === 0) await things.deleteOne({ _id: n - 9 });
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'damage-'));
  const dir = join(root, 'whole');
  const store = await openStoreInProcess({ dir });
  const client = new MongoClient(store.uri);
  const db = client.db('t');
  await db.createCollection('things', { changeStreamPreAndPostImages: { enabled: true } });
  await db
    .collection('things')
    .createIndexes([{ key: { group: 1, n: -1 } }, { key: { tags: 1 } }, { key: { n: 1 } }]);
  await fill(db, 0, 150);
  earlier = readFileSync(join(dir, 'data.mdb'));
  await fill(db, 150, 300);
  await client.close();
  killed = bytesOf(dir);
  truth = await everything(store);
  await store.close();
  closed = bytesOf(dir);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Opens damaged bytes. @returns the sentence of a refusal, or null when everything is there */
async function open({ data, seal }: Bytes): Promise<string | null> {
  const dir = mkdtempSync(join(root, 'd-'));
  const path = join(dir, 'data.mdb');
  writeFileSync(path, data);
  writeFileSync(join(dir, 'seal'), seal);
  try {
    const store = await openStoreInProcess({ dir });
    const found = await everything(store).finally(() => store.close());
    if (found !== truth) throw new Error('it opened without a word, and is not whole');
    return null;
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    expect(error.message).toMatch(/^[^\n]{20,400}$/);
    expect(readFileSync(path).equals(data)).toBe(true);
    return error.message;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Pages that the newest commit uses, by what they hold: found in the bytes, without the code under test. */
function pagesOf(data: Buffer): {
  newestMeta: number;
  roots: number[];
  branches: number[];
  leaves: number[];
} {
  const transaction = (meta: number) => data.readBigUInt64LE(meta * PAGE + 152);
  const newestMeta = transaction(0) > transaction(1) ? 0 : 1;
  const roots = [88, 136].map((at) => Number(data.readBigUInt64LE(newestMeta * PAGE + at)));
  const branches: number[] = [];
  const leaves: number[] = [];
  const down = (page: number) => {
    const at = page * PAGE;
    if ((data.readUInt16LE(at + 18) & 0x0f) !== 1) {
      leaves.push(page);
      return;
    }
    branches.push(page);
    for (let i = 0; i < data.readUInt16LE(at + 20) >> 1; i++)
      down(data.readUInt32LE(at + 24 + data.readUInt16LE(at + 24 + 2 * i)));
  };
  for (const page of roots) if (page > 0) down(page);
  return { newestMeta, roots, branches, leaves };
}

type Damage = { name: string; to(data: Buffer, random: (below: number) => number): Buffer };

const changed = (data: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(data);
  change(copy);
  return copy;
};
const flip = (copy: Buffer, at: number, bit: number) => {
  copy[at] = (copy[at] as number) ^ (1 << bit);
};
const copyPage = (from: Buffer, source: number, to: Buffer, target: number) =>
  from.copy(to, target * PAGE, source * PAGE, (source + 1) * PAGE);
const oneOf = <T>(list: readonly T[], random: (below: number) => number) => list[random(list.length)] as T;

const AIMED: Damage[] = [
  {
    name: 'a bit of the newest root page number',
    to: (data, random) =>
      changed(data, (copy) => flip(copy, pagesOf(data).newestMeta * PAGE + 136 + random(2), random(8))),
  },
  {
    name: 'a bit of a meta page',
    to: (data, random) => changed(data, (copy) => flip(copy, random(2) * PAGE + random(168), random(8))),
  },
  {
    name: 'a bit of a branch page',
    to: (data, random) =>
      changed(data, (copy) =>
        flip(copy, oneOf(pagesOf(data).branches, random) * PAGE + random(PAGE), random(8)),
      ),
  },
  {
    name: 'a bit of a leaf page',
    to: (data, random) =>
      changed(data, (copy) =>
        flip(copy, oneOf(pagesOf(data).leaves, random) * PAGE + random(PAGE), random(8)),
      ),
  },
  {
    name: 'a zeroed page in use',
    to: (data, random) => {
      const { branches, leaves } = pagesOf(data);
      const page = oneOf([...branches, ...leaves], random);
      return changed(data, (copy) => copy.fill(0, page * PAGE, (page + 1) * PAGE));
    },
  },
  {
    name: 'a page from an earlier time',
    to: (data, random) =>
      changed(data, (copy) => copyPage(earlier, 2 + random(earlier.length / PAGE - 2), copy, 2 + random(40))),
  },
  {
    name: 'a page of an earlier time in its old place',
    to: (data, random) => {
      const { branches, leaves } = pagesOf(data);
      const old = [...branches, ...leaves].filter((page) => page < earlier.length / PAGE);
      const page = oneOf(old, random);
      return changed(data, (copy) => copyPage(earlier, page, copy, page));
    },
  },
  {
    name: 'two pages that changed places',
    to: (data, random) => {
      const { leaves } = pagesOf(data);
      const [a, b] = [oneOf(leaves, random), oneOf(leaves, random)];
      return changed(data, (copy) => {
        copyPage(data, a, copy, b);
        copyPage(data, b, copy, a);
        // Their numbers are put right, so that only their contents are wrong.
        copy.writeBigUInt64LE(BigInt(b), b * PAGE);
        copy.writeBigUInt64LE(BigInt(a), a * PAGE);
      });
    },
  },
  {
    name: 'a meta page lost, exchanged or from an earlier time',
    to: (data, random) =>
      changed(data, (copy) => {
        const { newestMeta } = pagesOf(data);
        const what = random(4);
        if (what === 0) copy.fill(0, newestMeta * PAGE, (newestMeta + 1) * PAGE);
        if (what === 1) copy.fill(0, (1 - newestMeta) * PAGE, (2 - newestMeta) * PAGE);
        if (what === 2) {
          copyPage(data, 0, copy, 1);
          copyPage(data, 1, copy, 0);
        }
        if (what === 3) copyPage(earlier, newestMeta, copy, newestMeta);
      }),
  },
  { name: 'a lost end', to: (data, random) => data.subarray(0, data.length - 1 - random(65_536)) },
];
const ANYWHERE: Damage = {
  name: 'a bit anywhere',
  to: (data, random) => changed(data, (copy) => flip(copy, random(copy.length), random(8))),
};

const wholes: [string, () => Bytes][] = [
  ['an orderly end', () => closed],
  ['a kill', () => killed],
];

/** Makes the seal that an orderly end over the damaged bytes would have left: with it, nothing is noticed before LMDB. */
function blind(dir: string): void {
  const path = join(dir, 'data.mdb');
  const file = DataFile.open(path) as DataFile;
  const [newest] = file.metas();
  new Seal(join(dir, 'seal'), path, newest).close(newest, { size: file.size, checksum: file.checksum() });
  file.close();
}

describe('the experiment itself', () => {
  it('finds what goes unnoticed when nobody looks before opening', async () => {
    const dir = mkdtempSync(join(root, 'blind-'));
    // The key of some document: its collection, its record. The last bit of the record is turned.
    const at = closed.data.lastIndexOf(Buffer.from([2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 200]));
    expect(at).toBeGreaterThan(0);
    writeFileSync(
      join(dir, 'data.mdb'),
      changed(closed.data, (copy) => flip(copy, at + 10, 0)),
    );
    blind(dir);
    const store = await openStoreInProcess({ dir });
    await expect(everything(store)).rejects.toThrow(/names a document that is not there/);
    await store.close();
    const again = await open({
      data: changed(closed.data, (copy) => flip(copy, at + 10, 0)),
      seal: closed.seal,
    });
    expect(again).toMatch(/is damaged/);
  });

  it('opens a store whose seal is damaged or lost, after looking at everything', async () => {
    for (const seal of [changed(closed.seal, (copy) => flip(copy, 20, 3)), Buffer.alloc(0)])
      expect(await open({ data: closed.data, seal })).toBeNull();
  });
});

describe.each(wholes)('damage after %s', (_end, whole) => {
  it('opens what is whole', async () => {
    expect(await open(whole())).toBeNull();
  });

  it(`is told, or does no harm: aimed (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    let told = 0;
    for (let i = 0; i < EACH; i++) {
      const { name, to } = AIMED[i % AIMED.length] as Damage;
      const data = to(whole().data, random);
      const answer = await open({ ...whole(), data }).catch((error: Error) => {
        throw new Error(`${name}, damage ${i}: ${error.message}`);
      });
      if (answer !== null) told++;
    }
    expect(told).toBeGreaterThan(EACH / 2);
  }, 600_000);

  it(`is told, or does no harm: anywhere (seed ${SEED})`, async () => {
    const random = randomFrom(SEED + 1);
    for (let i = 0; i < EACH; i++)
      await open({ ...whole(), data: ANYWHERE.to(whole().data, random) }).catch((error: Error) => {
        throw new Error(`damage ${i}: ${error.message}`);
      });
  }, 600_000);
});
