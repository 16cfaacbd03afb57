import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { toMongo } from '@svodka/shared/filter/mongo';
import { type FilterableEvent, toPredicate } from '@svodka/shared/filter/predicate';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { eventArb, POOL, resolvedFilterArb, userFilterArb } from '@svodka/shared/filter/testing/arbitraries';
import fc from 'fast-check';
import { type Collection, MongoClient } from 'mongodb';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { EVENTS_INDEXES } from './event.schema.ts';

/**
 * The law of the filter language: the predicate that feeds are matched by and the query that lists are read by accept
 * the same events. FILTER_SEED repeats a run; a failure names its seed.
 */
const SEED = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 1_000_000));
/** `npm run test:deep` asks many more; what a store takes to answer grows with the events. */
const [EVENTS, FILTERS, RELATIVE_FILTERS] = process.env.SVODKA_DEEP
  ? [2_000, 10_000, 3_000]
  : [400, 1_000, 200];
const PATIENCE_MS = process.env.SVODKA_DEEP ? 3_600_000 : 300_000;

type StoredEvent = FilterableEvent & { _id: string };

/** Times become dates, ids unique; a few events keep the ids that filters ask for. */
function stored(event: FilterableEvent, n: number): StoredEvent {
  const dates = (['occurredAt', 'recordedAt', 'dueAt', 'deletedAt'] as const)
    .filter((key) => event[key])
    .map((key) => [key, new Date(event[key] as string)]);
  const until = event.snooze?.until;
  const snooze = until && { snooze: { until: new Date(until as string) } };
  return { ...event, ...Object.fromEntries(dates), ...snooze, _id: POOL.ids[n] ?? `x-${n}` };
}

const events = fc.sample(eventArb, { numRuns: EVENTS, seed: SEED }).map(stored);

let store: TestStore;
let client: MongoClient;
let collection: Collection<StoredEvent>;

beforeAll(async () => {
  store = await openTestStore();
  client = new MongoClient(store.uri);
  collection = client.db().collection<StoredEvent>('events');
  for (const { collection: name, indexes } of EVENTS_INDEXES) {
    const into = client.db().collection(name);
    for (const { key, ...options } of indexes) await into.createIndex(key, options);
  }
  await collection.insertMany(events);
});

afterAll(async () => {
  await client.close();
  await store.close();
});

/** Asks both sides and gives the filters on which they disagree, with what was different. */
async function disagreements(filters: ResolvedFilter[]) {
  const found: { filter: string; query: string; missed: StoredEvent[]; wrong: StoredEvent[] }[] = [];
  let telling = 0;
  for (const filter of filters) {
    const query = toMongo(filter);
    const ids = await collection.find(query, { batchSize: EVENTS }).toArray();
    const selected = new Set(ids.map(({ _id }) => _id));
    const accepts = toPredicate(filter);
    const missed = events.filter((event) => accepts(event) && !selected.has(event._id));
    const wrong = events.filter((event) => !accepts(event) && selected.has(event._id));
    if (selected.size > 0 && selected.size < EVENTS) telling++;
    if (missed.length + wrong.length > 0 || ids.length !== selected.size) {
      found.push({
        filter: JSON.stringify(filter),
        query: JSON.stringify(query),
        missed: missed.slice(0, 1),
        wrong: wrong.slice(0, 1),
      });
    }
  }
  return { seed: SEED, telling, found };
}

describe('toMongo and toPredicate', () => {
  it(
    `accept the same events of ${EVENTS}, for ${FILTERS} filters`,
    async () => {
      const { seed, telling, found } = await disagreements(
        fc.sample(resolvedFilterArb, { numRuns: FILTERS, seed: SEED }),
      );
      expect({ seed, found }).toEqual({ seed, found: [] });
      expect(telling).toBeGreaterThan(FILTERS / 2);
    },
    PATIENCE_MS,
  );

  it(
    'accept the same events when the filter moves with the clock, over midnights and a time change',
    async () => {
      const moments = fc.record({
        zone: fc.constantFrom('Europe/Moscow', 'Europe/Berlin', 'America/Santiago', 'Pacific/Chatham'),
        now: fc.date({
          min: new Date('2025-02-25T00:00:00Z'),
          max: new Date('2025-04-08T00:00:00Z'),
          noInvalidDate: true,
        }),
      });
      const filters = fc
        .sample(fc.tuple(userFilterArb, moments), { numRuns: RELATIVE_FILTERS, seed: SEED })
        .map(([filter, moment]) => resolveFilter(filter, moment).filter);
      const { seed, found } = await disagreements(filters);
      expect({ seed, found }).toEqual({ seed, found: [] });
    },
    PATIENCE_MS,
  );

  it('asks for what can be asked by equality at the top level', () => {
    expect(
      toMongo({
        and: [
          { field: 'deleted', exists: false },
          { field: 'module', in: ['finance'] },
          { field: 'importance', in: ['high', 'critical'] },
          { not: { field: 'type', in: ['payment.final'] } },
          { field: 'occurred', from: '2025-03-01T00:00:00.000Z', to: '2025-03-14T00:00:00.000Z' },
        ],
      }),
    ).toEqual({
      deletedAt: null,
      module: 'finance',
      importance: { $in: ['critical', 'high'] },
      type: { $ne: 'payment.final' },
      occurredAt: { $gte: new Date('2025-03-01'), $lt: new Date('2025-03-14') },
    });
  });
});
