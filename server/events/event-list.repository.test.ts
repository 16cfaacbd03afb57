import { jest } from '@jest/globals';
import { newId } from '@svodka/shared/contracts/id';
import { MODULES } from '@svodka/shared/contracts/modules';
import { and, type Filter, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { scopeOf } from '@svodka/shared/rules/permissions';
import { type Connection, createConnection } from 'mongoose';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { migrate } from '../platform/mongo/migrations.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { MOST_WORDS, VOCABULARY_INDEXES, Vocabulary } from '../platform/mongo/vocabulary.ts';
import { COMMON, DUE_ORDER, EVENTS_INDEXES, type EventDoc, indexNamed, ORDERED_BY } from './event.schema.ts';
import { EventListRepository, SCAN_KEYS } from './event-list.repository.ts';

const EVENTS = 6_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const PROJECTS = ['p0', 'p1', 'p2'];
const USERS = ['u0', 'u1'];

/** Event number `i`: every value follows from the number, so that a naive filter can say what a list must be. */
function event(i: number): EventDoc {
  const importance = i % 1000 === 0 ? 'critical' : i % 3 === 0 ? 'high' : 'normal';
  return {
    _id: newId(START + i),
    type: 'note.free',
    module: MODULES[i % 3] ?? 'system',
    title: `событие ${i}`,
    body: '',
    importance,
    occurredAt: new Date(START + Math.floor(i / 4) * 1000),
    recordedAt: new Date(START),
    dueAt: null,
    dueAllDay: false,
    dueZone: null,
    dueLocal: null,
    dueLeadMin: 1440,
    dueState: i % 400 === 0 ? 'overdue' : 'none',
    projectId: i % 2 ? (PROJECTS[i % 3] ?? null) : null,
    counterpartyIds: i % 5 === 0 ? ['c0', 'c1'] : i % 7 === 0 ? ['c1'] : [],
    itemIds: [],
    author: { userId: USERS[i % 2] ?? null, name: '' },
    source: i % 1_500 === 0 ? { module: 'orders', externalId: String(i), batchId: 'b0' } : null,
    payload: {},
    visibility: 'internal',
    departmentId: null,
    status: i % 10 === 0 ? 'resolved' : 'open',
    resolved: null,
    deletedAt: i % 500 === 7 ? new Date(START) : null,
    counters: { comments: 0 },
    version: 1,
    rev: 1,
    terms: ['событие', String(i), ...(i === 77 || i === 5007 ? ['редкость'] : [])],
    audienceIds: i % 6 === 0 ? ['m0'] : [],
    addedCounterpartyId: null,
    deletedBy: null,
    nextDueChangeAt: null,
    revisions: [],
  };
}

let store: TestStore;
let connection: Connection;
let lists: EventListRepository;
let docs: EventDoc[];

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectMongo(store.uri);
  await migrate(connection, [...EVENTS_INDEXES, ...VOCABULARY_INDEXES]);
  docs = Array.from({ length: EVENTS }, (_, i) => event(i));
  for (let at = 0; at < EVENTS; at += 2000)
    await connection.db?.collection<EventDoc>('events').insertMany(docs.slice(at, at + 2000));
  const vocabulary = new Vocabulary(connection);
  await vocabulary.learn(docs.flatMap(({ terms }) => terms));
  lists = new EventListRepository(connection, vocabulary);
}, 120_000);
afterAll(async () => {
  await connection?.close();
  await store?.close();
});

const resolved = (filter: Filter): ResolvedFilter =>
  resolveFilter(and(filter, { field: 'deleted', exists: false }), {
    now: new Date('2026-06-01T00:00:00Z'),
    zone: 'Europe/Moscow',
  }).filter;

const expectedIds = (filter: ResolvedFilter): string[] =>
  docs
    .filter(toPredicate(filter))
    .sort((a, b) => b.occurredAt.getTime() - a.occurredAt.getTime() || (a._id < b._id ? 1 : -1))
    .map(({ _id }) => _id);

async function readAll(filter: ResolvedFilter, limit: number): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const page = await lists.page(filter, { after, limit });
    ids.push(...page.docs.map(({ _id }) => _id));
    after = page.next ?? undefined;
    pages++;
  } while (after);
  return { ids, pages };
}

const CASES: [string, Filter][] = [
  ['everything', { and: [] }],
  ['one module', { field: 'module', in: ['finance'] }],
  ['two modules', { field: 'module', in: ['finance', 'orders'] }],
  ['a list field with two values that share events', { field: 'counterparty', in: ['c0', 'c1'] }],
  [
    'a rare state within a module',
    and({ field: 'due', in: ['overdue'] }, { field: 'module', in: ['finance'] }),
  ],
  ['three of four importances', { field: 'importance', in: ['info', 'high', 'critical'] }],
  ['what is not in a module', { not: { field: 'module', in: ['finance'] } }],
  [
    'a range of time',
    { field: 'occurred', from: '2026-01-01T00:10:00.000Z', to: '2026-01-01T00:20:00.000Z' },
  ],
  ['a word of every event', { text: 'событ' }],
  ['a rare word', { text: 'редк' }],
  ['a rare word and a common one', { text: 'событие редкость' }],
  ['a common word and a module', and({ text: 'событие' }, { field: 'module', in: ['finance'] })],
  ['a piece from inside of a word', { text: 'дкост' }],
  ['the beginning of very many words', { text: '3' }],
  ['numbers by their beginning', { text: '507' }],
  ['the other layout', { text: 'htlrjcnm' }],
  ['what no word answers', { text: 'событие нигде' }],
  ['a text in an alternative', { or: [{ text: 'редк' }, { field: 'due', in: ['overdue'] }] }],
  ['what has not a text', { not: { text: 'событие' } }],
  ['what an import made', { field: 'batch', in: ['b0'] }],
  ['the scope of staff', scopeOf({ id: 'm0', roles: ['finance', 'manager'], departmentId: null })],
  ['the scope of a manager', scopeOf({ id: 'm0', roles: ['manager'], departmentId: null })],
];

describe(EventListRepository.name, () => {
  it.each(CASES)(
    'gives exactly what matches, in order, over pages: %s',
    async (_name, filter) => {
      const wanted = expectedIds(resolved(filter));
      const { ids } = await readAll(resolved(filter), 450);
      expect(ids).toEqual(wanted.slice(0, ids.length));
      expect(ids).toHaveLength(wanted.length);
    },
    60_000,
  );

  it.each(CASES)('counts what matches: %s', async (_name, filter) => {
    const n = expectedIds(resolved(filter)).length;
    expect(await lists.count(resolved(filter), 20_000)).toEqual({ n, exact: true });
    if (n > 100) expect(await lists.count(resolved(filter), 100)).toEqual({ n: 100, exact: false });
  });

  it('counts piece by piece, and no further when nobody asks any more', async () => {
    let pieces = 0;
    const filter = resolved({ field: 'status', in: ['open'] });
    await lists.count(filter, 20_000, () => pieces++);
    expect(pieces).toBeGreaterThan(4);
    const given = jest.fn(() => {
      if (given.mock.calls.length === 3) throw new Error('nobody asks');
    });
    await expect(lists.count(filter, 20_000, given)).rejects.toThrow('nobody asks');
    expect(given).toHaveBeenCalledTimes(3);
  });

  it('ends a page after so many keys, says that there may be more, and goes on from there', async () => {
    const filter = resolved(
      and(
        { not: { field: 'status', in: ['open'] } },
        { not: { field: 'module', in: ['finance'] } },
        { field: 'recorded', from: '2030-01-01' },
      ),
    );
    const first = await lists.page(filter, { limit: 100 });
    expect(first).toMatchObject({ docs: [], more: true });
    const { ids, pages } = await readAll(filter, 100);
    expect(ids).toEqual([]);
    expect(pages).toBe(Math.ceil((EVENTS + 1) / SCAN_KEYS));
  });

  it('knows ids in any order, and only those inside the scope', async () => {
    const wanted = [docs[3], docs[4000], docs[7]].map((doc) => doc?._id ?? '');
    const page = await lists.page(resolved({ field: 'id', in: wanted }), { limit: 10 });
    expect(page.docs.map(({ _id }) => _id)).toEqual([wanted[1], wanted[0]]); // docs[7] is deleted
  });
});

describe('the plan in the store', () => {
  const walks = [null, ...ORDERED_BY.filter((field) => field !== 'terms')] as const;

  it.each(walks)('reads the order of a list from the index: %s', async (field) => {
    const sample = docs[21] as EventDoc;
    const own =
      field &&
      (field
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], sample) as unknown);
    const common = field && COMMON[field];
    const value = common && own === common.value ? common.others.at(-1) : own;
    const equality = field ? { [field]: Array.isArray(value) ? (value[0] ?? 'm0') : value } : {};
    const at = sample.occurredAt;
    const explained = await connection.db
      ?.collection('events')
      .find({
        $and: [
          equality,
          { occurredAt: { $lte: at }, $or: [{ occurredAt: { $lt: at } }, { _id: { $lt: sample._id } }] },
          { deletedAt: null },
        ],
      } as never)
      .sort({ occurredAt: -1, _id: -1 })
      .hint(indexNamed(field))
      .limit(50)
      .explain('executionStats');
    const plan = JSON.stringify(explained?.queryPlanner);
    expect(plan).toContain('IXSCAN');
    expect(plan).not.toContain('"SORT"');
    expect(plan).not.toContain('COLLSCAN');
    expect(explained?.executionStats.totalKeysExamined).toBeLessThan(400);
  });
});

it('reads what is open from the index by its deadline, whatever else is asked', async () => {
  const explained = await connection.db
    ?.collection('events')
    .find({
      $and: [
        { status: 'open', dueAt: { $type: 'date' } },
        { module: 'finance' },
        { dueAt: { $gte: new Date(0) } },
      ],
    } as never)
    .sort({ dueAt: 1, _id: 1 })
    .hint(DUE_ORDER)
    .explain('executionStats');
  const plan = JSON.stringify(explained?.queryPlanner);
  expect(plan).toContain('IXSCAN');
  expect(plan).not.toContain('"SORT"');
});

describe('what a list asks the store', () => {
  let watched: Connection;
  let watchedLists: EventListRepository;
  const asked: Record<string, unknown>[] = [];

  beforeAll(async () => {
    watched = await createConnection(store.uri, {
      dbName: connection.name,
      monitorCommands: true,
    }).asPromise();
    watched.getClient().on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'find' || commandName === 'aggregate') asked.push(command);
    });
    watchedLists = new EventListRepository(watched, new Vocabulary(watched));
  });
  afterAll(() => watched?.close());

  it.each(CASES)(
    'walks an index in order, sorts nothing and passes a bounded number of keys: %s',
    async (_name, filter) => {
      asked.length = 0;
      await watchedLists.page(resolved(filter), { limit: 100 });
      for (const { lsid: _, $db: _db, ...command } of asked) {
        const plan = await connection.db?.command({ explain: command, verbosity: 'executionStats' });
        const text = JSON.stringify(plan);
        expect(text).toMatch(/IXSCAN|IDHACK|"EOF"/);
        expect(text).not.toContain('"SORT"');
        expect(text).not.toContain('COLLSCAN');
        for (const [, keys] of text.matchAll(/"totalKeysExamined":(\d+)/g))
          expect(Number(keys)).toBeLessThanOrEqual(SCAN_KEYS + MOST_WORDS);
      }
    },
    60_000,
  );

  it('reads of an event only what a list shows', async () => {
    const { docs: shown } = await lists.page(resolved({ and: [] }), { limit: 1 });
    expect(Object.keys(shown[0] ?? {})).not.toEqual(expect.arrayContaining(['terms']));
    const { docs: whole } = await lists.page(resolved({ and: [] }), { limit: 1, whole: true });
    expect(whole[0]?.terms).toContain('событие');
  });
});
