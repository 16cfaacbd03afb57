import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { FeedOp } from '@svodka/shared/feed/feed';
import type { Filter } from '@svodka/shared/filter/ast';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { TestFeed, TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { type Running, startServer } from '../start.ts';

const important: Filter = { field: 'importance', in: ['high', 'critical'] };
const SIGN_IN = { login: 'admin', password: 'quiet-harbour-17' };

describe('resuming a feed', () => {
  let store: TestStore;
  let running: Running;
  let admin: Client;

  async function boot(): Promise<void> {
    const config = loadConfig({
      PORT: '0',
      ADMIN_LOGIN: SIGN_IN.login,
      ADMIN_PASSWORD: SIGN_IN.password,
      LOG_LEVEL: 'fatal',
    });
    running = await startServer({ config, logger: new Logger('fatal'), storeUri: store.uri });
    const { token } = admin ?? {};
    admin = new Client(running.url);
    if (token) admin.token = token;
    else await admin.signIn(SIGN_IN.login, SIGN_IN.password);
  }

  beforeAll(async () => {
    store = await openTestStore();
    await boot();
  }, 60_000);
  afterAll(async () => {
    await running.stop();
    await store.close();
  });

  const edit = async (event: SvodkaEvent, changes: object) =>
    (
      await admin.patch<{ event: SvodkaEvent }>(`/api/events/${event.id}`, changes, {
        'If-Match': String(event.rev),
      })
    ).event;

  /** A feed with four rows that has lost its socket; then everything that can happen to rows happens. */
  async function missed() {
    const socket = await TestSocket.connect(admin);
    const [edited, left, deleted, kept] = [
      await makeEvent(admin, { importance: 'high' }),
      await makeEvent(admin, { importance: 'high' }),
      await makeEvent(admin, { importance: 'high' }),
      await makeEvent(admin, { importance: 'high' }),
    ];
    const feed = await socket.follow(important);
    expect(feed.ids).toEqual(expect.arrayContaining([edited.id, left.id, deleted.id, kept.id]));
    socket.drop();
    await socket.ended;
    return {
      feed,
      expected: [
        { op: 'upsert', event: expect.objectContaining({ id: edited.id, title: 'Исправлено', version: 2 }) },
        { op: 'leave', id: left.id, version: 2 },
        { op: 'delete', id: deleted.id, version: 2 },
        { op: 'upsert', event: expect.objectContaining({ title: 'Новое', version: 1 }) },
      ],
      async act() {
        await edit(edited, { title: 'Исправлено' });
        await edit(left, { importance: 'info' });
        await admin.delete(`/api/events/${deleted.id}`);
        await makeEvent(admin, { importance: 'critical', title: 'Новое' });
        await makeEvent(admin, { importance: 'info', title: 'Мимо' });
      },
    };
  }

  async function resumed(feed: TestFeed): Promise<{ ops: FeedOp[]; socket: TestSocket }> {
    const socket = await TestSocket.connect(admin);
    const answer = await socket.ask('feed.subscribe', { filter: feed.filter, position: feed.view.position });
    if (answer.mode !== 'resumed') throw new Error(`answered by a ${answer.mode}, reset: ${answer.reset}`);
    return { ops: answer.frames.flatMap(({ ops }) => ops), socket };
  }

  async function equalsTheQuery(feed: TestFeed): Promise<void> {
    const { items } = await admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?limit=200&filter=${encodeURIComponent('importance=high,critical')}`,
    );
    await until(() => JSON.stringify(feed.rows) === JSON.stringify(items), {
      what: () => `${feed.ids.join(' ')} to be ${items.map(({ id }) => id).join(' ')}`,
    });
  }

  it('gives exactly the missed steps, in order (F11)', async () => {
    const { feed, expected, act } = await missed();
    await act();
    const { ops, socket } = await resumed(feed);
    expect(ops).toEqual(expected);
    socket.close();
    const again = await TestSocket.connect(admin);
    await again.follow(important, { from: feed });
    expect(feed.resets).toBe(0);
    await equalsTheQuery(feed);
    again.close();
  });

  it('gives them from the log after the server was restarted', async () => {
    const { feed, expected, act } = await missed();
    await act();
    await running.stop();
    await boot();
    const { ops, socket } = await resumed(feed);
    expect(ops).toEqual(expected);
    socket.close();
    const again = await TestSocket.connect(admin);
    await again.follow(important, { from: feed });
    expect(feed.resets).toBe(0);
    const event = await makeEvent(admin, { importance: 'high' });
    await again.row(feed, event.id);
    await equalsTheQuery(feed);
    again.close();
  });

  it('reads the log once for many who come back at once', async () => {
    const feeds: TestFeed[] = [];
    const sockets = await Promise.all(Array.from({ length: 8 }, () => TestSocket.connect(admin)));
    const types = ['note.free', 'call.missed', 'measure.redo', 'act.signed'] as const;
    for (const [at, socket] of sockets.entries()) {
      feeds.push(await socket.follow({ field: 'type', in: [types[at % 4] ?? 'note.free'] }));
      socket.drop();
    }
    const note = await makeEvent(admin);
    const call = await makeEvent(admin, { type: 'call.missed' });
    await running.stop();
    await boot();
    const again = await Promise.all(feeds.map(() => TestSocket.connect(admin)));
    await Promise.all(feeds.map((feed, at) => again[at]?.follow(feed.filter, { from: feed })));
    expect(feeds.map(({ resets }) => resets)).toEqual(feeds.map(() => 0));
    for (const [at, feed] of feeds.entries()) {
      expect(feed.ids.includes(note.id)).toBe(at % 4 === 0);
      expect(feed.ids.includes(call.id)).toBe(at % 4 === 1);
    }
    for (const socket of again) socket.close();
  });

  it('starts anew after more missed steps than are worth telling', async () => {
    const socket = await TestSocket.connect(admin);
    const feed = await socket.follow(important);
    const witness = await (await TestSocket.connect(admin)).follow(important);
    socket.drop();
    const { id } = await makeEvent(admin, { importance: 'high', body: 'слово '.repeat(1_500) });
    const events = driverCollection<EventDoc>(running.connection, 'events');
    const stored = (await events.findOne({ _id: id })) as EventDoc;
    const copyOf = (doc: EventDoc): EventDoc => {
      const { created, ...copy } = doc; // its key is taken
      return { ...copy, _id: newId() };
    };
    await events.insertMany(Array.from({ length: 80 }, () => copyOf(stored)));
    // Steps that are still on their way to the rooms would not count as missed.
    await until(() => witness.rows.length > 80);
    const again = await TestSocket.connect(admin);
    await again.follow(important, { from: feed });
    expect(feed.resets).toBe(1);
    expect(feed.rows.length).toBeGreaterThan(80);
    again.close();
  });

  it.each([
    ['of another room', (own: string, foreign: string) => foreign || own],
    ['that is forged', (own: string) => own.replace(/.{4}$/, 'AAAA')],
    ['of another token', (own: string) => `f${own.slice(1)}`],
    ['of another epoch', (own: string) => own.replace(/\.([\w-]+)\.([\w-]{22})$/, '.other.$2')],
    ['that is none', () => 'x'.repeat(600)],
    ['that is empty', () => ''],
  ])('starts anew at a position %s (F10)', async (_, change) => {
    const socket = await TestSocket.connect(admin);
    const feed = await socket.follow(important);
    const other = await socket.follow({ field: 'importance', in: ['info'] });
    const position = change(feed.view.position, other.view.position);
    const answer = await socket.ask('feed.subscribe', { filter: important, position });
    expect(answer).toMatchObject({ mode: 'snapshot', reset: true });
    socket.close();
  });

  it('starts anew at a position of somebody with other rights', async () => {
    const socket = await TestSocket.connect(admin);
    const feed = await socket.follow(important);
    socket.close();
    const event = await makeEvent(admin, { importance: 'high' });
    await admin.post('/api/users', {
      login: 'm1',
      name: 'М',
      roles: ['manager'],
      password: SIGN_IN.password,
    });
    const manager = await new Client(running.url).signIn('m1', SIGN_IN.password);
    const theirs = await TestSocket.connect(manager);
    const answer = await theirs.ask('feed.subscribe', { filter: important, position: feed.view.position });
    expect(answer).toMatchObject({ mode: 'snapshot', reset: true, rows: [] });
    expect(JSON.stringify(answer)).not.toContain(event.id);
    theirs.close();
  });

  it('starts every feed anew in a new epoch when the log is lost (F12)', async () => {
    const socket = await TestSocket.connect(admin);
    const feed = await socket.follow(important);
    const old = feed.view.position;
    const bus = running.app.get(ChangeBus, { strict: false });
    bus.lost();
    await bus.opened(bus.head);
    await until(() => feed.resets === 1);
    const event = await makeEvent(admin, { importance: 'high' });
    await socket.row(feed, event.id);
    const answer = await socket.ask('feed.subscribe', { filter: important, position: old });
    expect(answer).toMatchObject({ mode: 'snapshot', reset: true });
    socket.close();
  });

  it('says that it restarts', async () => {
    const socket = await TestSocket.connect(admin);
    await running.stop();
    await socket.ended;
    expect(socket.told('session.ended')).toEqual([{ reason: 'reload' }]);
    await boot();
  });
});
