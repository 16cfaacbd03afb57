import { type Id, newId } from '@svodka/shared/contracts/id';
import type { User } from '@svodka/shared/contracts/user';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { type Running, startServer } from '../start.ts';
import type { DeliveryDoc, NoticeDoc } from './notice.schema.ts';

const ADMIN = { ADMIN_LOGIN: 'admin', ADMIN_PASSWORD: 'quiet-harbour-17' };
/** Among so many no one gets more letters than are sent one by one (D10). */
const MANAGERS = 10;

// Nodes come and go over one store: nothing may be lost, and nothing told twice (N6 to N8, D3, D4).
describe('a restart', () => {
  let store: TestStore;
  let sink: SmtpSink;
  const nodes: Running[] = [];
  let written = 0;
  /** An event of each manager's. */
  const samples: EventDoc[] = [];

  async function start(): Promise<Running> {
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'fatal', SMTP_URL: sink.url, ...ADMIN });
    const node = await startServer({ config, logger: new Logger('fatal'), storeUri: store.uri });
    nodes.push(node);
    return node;
  }
  const signIn = (node: Running) => new Client(node.url).signIn(ADMIN.ADMIN_LOGIN, ADMIN.ADMIN_PASSWORD);
  async function stopAll() {
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
  }

  /** What another program writes, while no server may be running. */
  async function write(count: number): Promise<Id[]> {
    const connection = await connectMongo(store.uri);
    const docs = Array.from({ length: count }, () => ({
      ...(samples[written++ % MANAGERS] as EventDoc),
      _id: newId(),
      occurredAt: new Date(),
      recordedAt: new Date(),
    }));
    await driverCollection<EventDoc>(connection, 'events').insertMany(docs);
    await connection.close();
    return docs.map(({ _id }) => _id);
  }

  async function look<T extends object>(name: string, query: object): Promise<T[]> {
    const connection = await connectMongo(store.uri);
    const found = await driverCollection<T>(connection, name).find(query).toArray();
    await connection.close();
    return found as T[];
  }
  const noticesOf = (ids: Id[]) => look<NoticeDoc>('notices', { eventId: { $in: ids } });

  /** One notice, one delivery, one letter for each of the events. */
  async function expectToldOnce(ids: Id[]) {
    const mailed = (id: Id) => sink.letters.filter(({ text }) => text?.includes(id)).length;
    await until(() => ids.every((id) => mailed(id) > 0), {
      timeoutMs: 20_000,
      what: () => `letters; ${ids.filter((id) => mailed(id) === 0).length} of ${ids.length} are missing`,
    });
    const notices = await noticesOf(ids);
    expect(notices.map(({ eventId }) => eventId).sort()).toEqual([...ids].sort());
    const deliveries = await look<DeliveryDoc>('deliveries', {
      noticeId: { $in: notices.map(({ _id }) => _id) },
    });
    expect(deliveries).toHaveLength(ids.length);
    expect(ids.filter((id) => mailed(id) > 1)).toEqual([]);
  }

  beforeAll(async () => {
    store = await openTestStore();
    sink = await startSmtpSink();
    const node = await start();
    const admin = await signIn(node);
    for (let i = 0; i < MANAGERS; i++) {
      const { user } = await admin.post<{ user: User }>('/api/users', {
        login: `manager${i}`,
        name: `Manager ${i}`,
        roles: ['manager'],
        email: `manager${i}@firm.example`,
      });
      const project = await makeProject(admin, { managerId: user.id });
      const event = await makeEvent(admin, {
        type: 'payment.prepaid',
        payload: { amountKop: 1 },
        projectId: project.id,
      });
      await expectToldOnce([event.id]);
      const doc = await driverCollection<EventDoc>(node.connection, 'events').findOne({ _id: event.id });
      if (!doc) throw new Error('the sample is not there');
      const { created: _created, ...rest } = doc;
      samples.push(rest);
    }
    await stopAll();
  });
  afterEach(stopAll);
  afterAll(async () => {
    await store?.close();
    await sink?.close();
  });

  it('finds what happened while nobody was there, and repeats nothing', async () => {
    const ids = await write(5);
    await start();
    await expectToldOnce(ids);
    await stopAll();
    const offers = sink.offers;
    await start();
    await expectToldOnce(await write(1));
    expect(sink.offers).toBe(offers + 1);
  });

  it('decides the last day again when the place in the log is lost', async () => {
    const ids = await write(3);
    const connection = await connectMongo(store.uri);
    await driverCollection<{ _id: string }>(connection, 'settings').deleteOne({ _id: 'notices.position' });
    await connection.close();
    const offers = sink.offers;
    await start();
    await expectToldOnce(ids);
    expect(sink.offers).toBe(offers + 3);
  });

  it('goes on from a position that this log does not know', async () => {
    const connection = await connectMongo(store.uri);
    await driverCollection<{ _id: string }>(connection, 'settings').updateOne(
      { _id: 'notices.position' },
      { $set: { token: { _data: '82FFFFFFFF' } } },
      { upsert: true },
    );
    await connection.close();
    const ids = await write(2);
    await start();
    await expectToldOnce(ids);
  });

  it('in the middle of a run loses nothing and doubles nothing', async () => {
    await start();
    const already = sink.letters.length;
    const ids = await write(40);
    await until(() => sink.letters.length >= already + 5);
    await stopAll();
    await start();
    await expectToldOnce(ids);
  });

  it('of one of two nodes is not noticed', async () => {
    await start();
    await start();
    const ids = await write(20);
    await until(async () => (await noticesOf(ids)).length > 3);
    await nodes.shift()?.stop();
    await expectToldOnce([...ids, ...(await write(5))]);
  });
});
