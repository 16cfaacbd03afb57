import type { Connection, mongo } from 'mongoose';
import { openTestStore, type TestStore } from '../../../test/support/app.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { migrate } from './migrations.ts';
import { connectMongo } from './mongo.ts';
import { GRACE_MS, VOCABULARY_INDEXES, Vocabulary } from './vocabulary.ts';

type Thing = { _id: string; terms: string[] };

const HOUR = 3_600_000;

let store: TestStore;
let connection: Connection;
let things: mongo.Collection<Thing>;
let clock: FakeClock;

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectMongo(store.uri);
  await migrate(connection, [
    ...VOCABULARY_INDEXES,
    { collection: 'things', images: false, indexes: [{ key: { terms: 1 } }] },
  ]);
  things = (connection.db as mongo.Db).collection<Thing>('things');
});
afterAll(async () => {
  await connection?.close();
  await store?.close();
});
beforeEach(async () => {
  clock = new FakeClock('2026-03-14T00:00:00Z');
  await things.deleteMany({});
  await connection.db?.collection('words').deleteMany({});
});

const node = () => new Vocabulary(connection, clock);
const words = async () =>
  (
    await (connection.db as mongo.Db).collection<{ _id: string }>('words').find().sort({ _id: 1 }).toArray()
  ).map(({ _id }) => _id);
const write = async (vocabulary: Vocabulary, _id: string, ...terms: string[]) => {
  await vocabulary.learn(terms);
  await things.insertOne({ _id, terms });
};
/** Two nights, by whoever: a process knows nothing of the night before. */
async function nights(): Promise<void> {
  await node().forget([things]);
  clock.advance(24 * HOUR);
  await node().forget([things]);
}

describe(Vocabulary.name, () => {
  it('forgets the words that only what was erased had, and finds nothing by them', async () => {
    await write(node(), '1', 'окно', 'громов');
    await write(node(), '2', 'окно');
    await nights();
    expect(await words()).toEqual(['громов', 'окно']);
    await things.deleteOne({ _id: '1' });
    await nights();
    expect(await words()).toEqual(['окно']);
    expect(await node().narrow('громов')).toEqual({ kind: 'nothing' });
    expect(await node().narrow('ромо')).toEqual({ kind: 'nothing' });
  });

  it('keeps a word that somebody knew before it was marked and wrote after', async () => {
    const one = node();
    await write(one, '1', 'громов');
    await things.deleteOne({ _id: '1' });
    await node().forget([things]);
    await write(one, '2', 'громов');
    clock.advance(24 * HOUR);
    await node().forget([things]);
    expect(await words()).toEqual(['громов']);
    // It is no longer marked: the grace time begins anew.
    await things.deleteOne({ _id: '2' });
    await node().forget([things]);
    expect(await words()).toEqual(['громов']);
  });

  it('does not rely for long on what it knew', async () => {
    const one = node();
    await write(one, '1', 'громов');
    await things.deleteOne({ _id: '1' });
    await nights();
    expect(await words()).toEqual([]);
    await write(one, '2', 'громов');
    expect(await words()).toEqual(['громов']);
  });

  it('takes away the mark of a word that it learns, so that the night passes it by', async () => {
    await write(node(), '1', 'громов');
    await things.deleteOne({ _id: '1' });
    await node().forget([things]);
    clock.advance(24 * HOUR);
    await node().learn(['громов']); // and is about to write
    expect(await node().forget([things])).toBe(0);
    expect(await words()).toEqual(['громов']);
  });

  it('has at every moment all words of what is written, and in the end no others, whatever several processes do', async () => {
    const seed = Number(process.env.SVODKA_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const random = seeded(seed);
    const below = (n: number) => Math.floor(random() * n);
    const nodes = [node(), node()];
    let next = 0;
    /** Writes that have learned their words and not yet written. */
    const underWay: { _id: string; terms: string[]; until: number }[] = [];
    for (let step = 0; step < 150; step++) {
      const kind = below(6);
      const now = clock.now().getTime();
      if (kind === 0) {
        const terms = [`слово${below(6)}`, `слово${below(6)}`];
        await nodes[below(2)]?.learn(terms);
        underWay.push({ _id: String(next++), terms, until: now + HOUR });
      } else if (kind === 1) await things.deleteMany({ terms: `слово${below(6)}` });
      else if (kind === 2) await nodes[below(2)]?.forget([things]);
      else if (kind === 3)
        nodes[below(2)] = node(); // a restart
      else if (kind === 4) clock.advance(below(7) * HOUR);
      for (const write of underWay.splice(0))
        if (kind === 5 || clock.now().getTime() > write.until) {
          if (clock.now().getTime() <= write.until + GRACE_MS / 2)
            await things.insertOne({ _id: write._id, terms: write.terms });
        } else underWay.push(write);
      const standing = new Set(await words());
      const missing = (await things.distinct('terms')).filter((term) => !standing.has(term));
      expect({ seed, step, missing }).toEqual({ seed, step, missing: [] });
    }
    await nights();
    expect({ seed, words: await words() }).toEqual({ seed, words: (await things.distinct('terms')).sort() });
  });
});
