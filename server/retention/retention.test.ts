import { newId } from '@svodka/shared/contracts/id';
import type { mongo } from 'mongoose';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { COMMENTS_SINCE } from '../discussion/comments.repository.ts';
import { EVENTS_SINCE } from '../events/events-in-time.repository.ts';
import { COLLECTIONS } from '../migrations.ts';
import { RetentionService } from './retention.service.ts';
import { RETENTION, WORDED } from './retention.table.ts';

const DAY = 24 * 3_600_000;
const OLD = 620; // more than a batch

/** A document of each kind, as old as that. */
const KINDS: Record<string, (at: Date) => Record<string, unknown>> = {
  notices: (at) => ({ _id: newId(at.getTime()), userId: 'u', createdAt: at, seenAt: null, version: 1 }),
  deliveries: (at) => ({ _id: newId(at.getTime()), createdAt: at, nextAttemptAt: null, state: 'sent' }),
  customer_links: (at) => ({ _id: newId(at.getTime()), hash: newId(), expiresAt: at }),
  shifts: (at) => ({ _id: newId(at.getTime()), fromId: 'u', state: 'done', at, version: 1 }),
  event_revisions: (at) => ({ _id: `${newId(at.getTime())}:1`, eventId: newId(), rev: 1, at, changes: {} }),
  imports: (at) => ({ _id: newId(at.getTime()), createdAt: at, state: 'done', version: 1 }),
  payment_loads: (at) => ({ _id: newId(at.getTime()), at, eventIds: [], undone: null }),
  'importFiles.chunks': (at) => ({ files_id: newId(at.getTime()), n: 0 }),
  'importFiles.files': (at) => ({ _id: newId(at.getTime()), uploadDate: at }),
  source_days: (at) => ({ _id: newId(at.getTime()), tokenId: 't', module: 'calls', day: '2026-03-14', at }),
  source_errors: (at) => ({ _id: newId(at.getTime()), tokenId: 't', module: 'calls', at }),
  agendaJobs: (at) => ({ name: 'x', data: { key: newId() }, nextRunAt: null, lastFinishedAt: at }),
  agenda_logs: (at) => ({ timestamp: at }),
};

describe(RetentionService.name, () => {
  const clock = new FakeClock('2026-03-14T09:00:00Z');
  let app: TestApp;
  const db = () => app.connection.db as mongo.Db;
  const all = (name: string) => db().collection<{ _id: string }>(name);
  const count = (name: string) => all(name).countDocuments();
  const look = () => app.app.get(RetentionService).run();
  const ago = (days: number) => new Date(clock.now().getTime() - days * DAY);

  beforeAll(async () => {
    app = await createTestApp({ clock });
    await look();
    // What GridFS makes with the first file.
    await all('importFiles.chunks').createIndex({ files_id: 1, n: 1 }, { unique: true });
  });
  afterAll(() => app?.close());

  it('removes once a night what has had its time, and nothing else', async () => {
    for (const { collection, days } of RETENTION) {
      await all(collection).deleteMany({});
      const make = KINDS[collection] as unknown as (at: Date) => { _id: string };
      await all(collection).insertMany([
        ...Array.from({ length: OLD }, () => make(ago(days + 2))),
        ...Array.from({ length: 3 }, () => make(ago(days - 2))),
      ]);
    }
    const waiting = { ...KINDS.deliveries?.(ago(900)), nextAttemptAt: ago(0) } as unknown as { _id: string };
    await all('deliveries').insertOne(waiting);
    const untaken = { ...KINDS.shifts?.(ago(900)), state: 'given' } as unknown as { _id: string };
    await all('shifts').insertOne(untaken);
    const running = { ...KINDS.imports?.(ago(900)), state: 'running', leaseUntil: ago(-1) } as unknown as {
      _id: string;
    };
    await all('imports').insertOne(running);
    await all('imports').insertOne({ ...KINDS.imports?.(ago(900)), state: 'undone' } as never);
    const done = await all('imports').findOne({ createdAt: { $lt: ago(366) }, state: 'done' } as never);
    await all('import_errors').insertMany([
      { _id: 'a', batchId: done?._id, line: 1 },
      { _id: 'b', batchId: running._id, line: 1 },
    ] as never);

    // The same night again: nothing happens.
    await look();
    expect(await count('notices')).toBe(OLD + 3);
    clock.set('2026-03-15T00:30:00Z'); // half past three in Moscow
    await Promise.all([look(), look()]);
    const left = await Promise.all(
      RETENTION.map(async ({ collection }) => [collection, await count(collection)]),
    );
    expect(left).toEqual(
      RETENTION.map(({ collection }) => [collection, /deliveries|imports|shifts/.test(collection) ? 4 : 3]),
    );
    expect((await all('import_errors').find().toArray()).map(({ _id }) => _id)).toEqual(['b']);
  });

  it('knows every collection that is searched by words', () => {
    const indexed = COLLECTIONS.filter(({ indexes }) =>
      indexes.some(({ key }) => Object.keys(key)[0] === 'terms'),
    ).map(({ collection }) => collection);
    // People are found by the beginnings of their names, without the vocabulary.
    expect(new Set([...WORDED, 'users'])).toEqual(new Set(indexed));
  });

  it('asks by an index, each time', async () => {
    const before = ago(30);
    const asked = [
      ...RETENTION.map(({ collection, outlived }) => [collection, outlived(before)] as const),
      ...EVENTS_SINCE(before).map((query) => ['events', query] as const),
      ['comments', COMMENTS_SINCE(before)] as const,
      ['import_errors', { batchId: { $in: ['a', 'b'] } }] as const,
    ];
    const whole: unknown[] = [];
    for (const [collection, query] of asked) {
      const { queryPlanner } = await all(collection)
        .find(query as never)
        .explain('queryPlanner');
      if (!/IXSCAN|EXPRESS|IDHACK/.test(JSON.stringify(queryPlanner))) whole.push([collection, query]);
    }
    expect(whole).toEqual([]);
  });
});
