import { type ChangeStream, type Db, MongoClient } from 'mongodb';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { until } from '../../test/support/until.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Change, without } from './change.ts';
import { ChangeFollower, passingPlace } from './change-follower.ts';
import { LogReader } from './log-reader.ts';
import { RecentLog } from './recent-log.ts';

describe(ChangeFollower.name, () => {
  let store: TestStore;
  let client: MongoClient;
  let db: Db;
  const log = new Logger('silent');
  const pipeline = () => [{ $match: { 'ns.coll': 'events' } }, without('revisions')];

  beforeAll(async () => {
    store = await openTestStore();
    client = await new MongoClient(store.uri).connect();
    db = client.db('svodka');
    await db.createCollection('events', { changeStreamPreAndPostImages: { enabled: true } });
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await store.close();
  });

  /** A source whose streams can be broken, and what it told. */
  function sourceOn(base: Db, recent?: RecentLog) {
    const streams: ChangeStream[] = [];
    let fault: Error | null = null;
    const breakable = new Proxy(base, {
      get(target, name) {
        if (name !== 'watch') return Reflect.get(target, name);
        return (...args: Parameters<Db['watch']>) => {
          if (fault) {
            const thrown = fault;
            fault = null;
            throw thrown;
          }
          const stream = target.watch(...args);
          streams.push(stream as ChangeStream);
          return stream;
        };
      },
    });
    const told = { opened: [] as string[], ids: [] as string[], lost: 0, closed: 0, refuse: 0 };
    const source = new ChangeFollower(
      breakable,
      {
        name: 'test',
        pipeline,
        place: passingPlace(),
        hears: { collections: ['events'] },
        async opened(token) {
          told.opened.push(token);
        },
        async take(batch: Change[]) {
          if (told.refuse-- > 0) throw new Error('not now');
          told.ids.push(...batch.map(({ id }) => id));
        },
        lost() {
          told.lost++;
        },
        closed() {
          told.closed++;
        },
      },
      log,
      recent,
    );
    return {
      source,
      told,
      streams,
      failNext(error: Error) {
        fault = error;
      },
    };
  }

  const running: ChangeFollower[] = [];
  const started = (one: ReturnType<typeof sourceOn>) => {
    running.push(one.source);
    one.source.start();
    return one;
  };
  afterEach(async () => {
    for (const source of running.splice(0)) await source.stop();
  });

  let serial = 0;
  async function write(): Promise<string> {
    const id = `w${++serial}`;
    await db.collection<{ _id: string; version: number; revisions: number[] }>('events').insertOne({
      _id: id,
      version: 1,
      revisions: [1],
    });
    return id;
  }

  it('goes on without a gap when its stream closes without an error', async () => {
    const { told, streams } = started(sourceOn(db));
    await until(() => told.opened.length === 1);
    const before = await write();
    await until(() => told.ids.includes(before));
    await streams.at(-1)?.close();
    const during = await write();
    await until(() => told.ids.includes(during));
    const after = await write();
    await until(() => told.ids.includes(after));
    expect(told.ids).toEqual([before, during, after]);
    expect(told.lost).toBe(0);
  });

  it('shares what the bus reads once it has come as far, though changes go on coming', async () => {
    const recent = new RecentLog();
    recent.begin('', ['events']);
    const { told, streams } = started(sourceOn(db, recent));
    await until(() => told.opened.length === 1);
    await until(async () => (await write()) && streams[0]?.closed);
    const change = { collection: 'events', kind: 'insert', at: null, before: null, after: null } as const;
    recent.push([{ ...change, token: 'z', id: 'of the bus', changed: [] }]);
    await until(() => told.ids.includes('of the bus'));
    expect(streams).toHaveLength(1);
  });

  it('brings a batch again that was not taken', async () => {
    const { told } = started(sourceOn(db));
    await until(() => told.opened.length === 1);
    told.refuse = 2;
    const id = await write();
    await until(() => told.ids.includes(id));
    expect(told.closed).toBe(2);
  });

  it.each([286, 280, 260])('starts anew when the place is lost (%d)', async (code) => {
    const { told, streams, failNext } = started(sourceOn(db));
    await until(() => told.opened.length === 1);
    failNext(Object.assign(new Error('lost'), { code }));
    await streams.at(-1)?.close();
    await until(() => told.opened.length === 2);
    expect(told.lost).toBe(1);
    const id = await write();
    await until(() => told.ids.includes(id));
  });

  it('shows the changes between two places to all who ask, once through the log', async () => {
    const { source, told } = started(sourceOn(db));
    await until(() => told.opened.length === 1);
    const from = told.opened[0] ?? '';
    const ids = [await write(), await write(), await write()];
    await until(() => told.ids.length === 3);
    await source.stop();
    const { streams, watched } = watching(db);
    const reader = new LogReader(watched, pipeline, log);
    const seen: Change[] = [];
    const until_ = await tokenOf(db, from, ids[2] ?? '');
    const reads = await Promise.all([
      reader.read(from, until_, (change) => {
        seen.push(change);
        return true;
      }),
      reader.read(from, until_, () => true),
      reader.read(from, until_, () => false),
      reader.read(until_, until_, () => true),
    ]);
    expect(reads).toEqual([true, true, false, true]);
    expect(seen.map(({ id }) => id)).toEqual(ids);
    expect(seen[0]?.after).toEqual({ _id: ids[0], version: 1 });
    expect(streams).toHaveLength(1);
    expect(await reader.read(`${from.slice(0, 2)}00`, until_, () => true)).toBe(false);
    reader.stop();
  });
});

function watching(db: Db) {
  const streams: unknown[] = [];
  const watched = new Proxy(db, {
    get(target, name) {
      if (name !== 'watch') return Reflect.get(target, name);
      return (...args: Parameters<Db['watch']>) => {
        const stream = target.watch(...args);
        streams.push(stream);
        return stream;
      };
    },
  });
  return { streams, watched };
}

async function tokenOf(db: Db, from: string, id: string): Promise<string> {
  const stream = db.watch([], { resumeAfter: { _data: from } });
  for await (const change of stream) {
    if ('documentKey' in change && String(change.documentKey._id) === id) {
      await stream.close();
      return (change._id as { _data: string })._data;
    }
  }
  throw new Error('not in the log');
}
