// The query by which the table of orders is read accepts the orders that the predicate accepts. FILTER_SEED repeats a run.
import { toMongo } from '@svodka/shared/filter/mongo';
import { type FilterableOrder, toPredicate } from '@svodka/shared/filter/predicate';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { orderArb, orderFilterArb } from '@svodka/shared/filter/testing/arbitraries';
import fc from 'fast-check';
import { type Collection, MongoClient } from 'mongodb';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { PROJECTS_INDEXES } from './projects/project.schema.ts';

const SEED = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 1_000_000));
const [ORDERS, FILTERS] = process.env.SVODKA_DEEP ? [1_000, 3_000] : [200, 300];
const PATIENCE_MS = process.env.SVODKA_DEEP ? 3_600_000 : 300_000;

type Stored = FilterableOrder & { number: string };

/** As the store has it: times are dates. */
const stored = ({ createdAt, line, ...order }: (typeof made)[number], n: number): Stored => {
  const { at } = line.keys as { at: string | null };
  const keys = { ...line.keys, at: at === null ? null : new Date(at) };
  return { ...order, number: `${n}`, createdAt: new Date(createdAt), line: { ...line, keys } } as Stored;
};
const made = fc.sample(orderArb, { numRuns: ORDERS, seed: SEED });
const orders = made.map(stored);

describe(`filters of orders on the store (seed ${SEED})`, () => {
  let store: TestStore;
  let client: MongoClient;
  let collection: Collection<Stored>;

  beforeAll(async () => {
    store = await openTestStore();
    client = new MongoClient(store.uri);
    collection = client.db().collection<Stored>('projects');
    for (const { collection: name, indexes } of PROJECTS_INDEXES)
      for (const { key, ...options } of indexes) await client.db().collection(name).createIndex(key, options);
    await collection.insertMany(orders);
  });
  afterAll(async () => {
    await client?.close();
    await store?.close();
  });

  it(
    `accept the same of ${ORDERS} orders, for ${FILTERS} filters`,
    async () => {
      const wrong: string[] = [];
      let telling = 0;
      for (const filter of fc.sample(orderFilterArb, { numRuns: FILTERS, seed: SEED })) {
        const resolved = resolveFilter(filter, {
          now: new Date('2025-03-08T10:42:00Z'),
          zone: 'Asia/Omsk',
        }).filter;
        const found = await collection.find(toMongo(resolved), { batchSize: ORDERS }).toArray();
        const selected = found.map(({ _id }) => _id).sort();
        const accepts = toPredicate(resolved);
        const expected = orders
          .filter((order) => accepts(order))
          .map(({ _id }) => _id)
          .sort();
        if (expected.length > 0 && expected.length < ORDERS) telling++;
        if (selected.join() !== expected.join()) wrong.push(JSON.stringify(filter));
      }
      expect(wrong).toEqual([]);
      expect(telling).toBeGreaterThan(FILTERS / 4);
    },
    PATIENCE_MS,
  );
});
