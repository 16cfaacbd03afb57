import type { Connection } from 'mongoose';
import { openTestStore, type TestStore } from '../../../test/support/app.ts';
import { until } from '../../../test/support/until.ts';
import { Logger } from '../logger/logger.ts';
import { migrate } from '../mongo/migrations.ts';
import { connectMongo } from '../mongo/mongo.ts';
import { AGENDA_INDEXES, AlarmClock } from './alarm-clock.service.ts';

const logger = new Logger('fatal');

describe(AlarmClock.name, () => {
  let store: TestStore;
  let connection: Connection;
  const running: AlarmClock[] = [];

  beforeAll(async () => {
    store = await openTestStore();
    connection = await connectMongo(store.uri);
    await migrate(connection, AGENDA_INDEXES);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((clock) => clock.onApplicationShutdown()));
    await jobs().deleteMany({});
  });
  afterAll(async () => {
    await connection?.close();
    await store?.close();
  });

  const jobs = () => connection.collection('agendaJobs');
  const soon = (ms: number) => new Date(Date.now() + ms);

  async function start(name: string): Promise<{ clock: AlarmClock; rang: number[] }> {
    const clock = new AlarmClock(connection, logger);
    const rang: number[] = [];
    clock.define(name, async () => void rang.push(Date.now()));
    await clock.onApplicationBootstrap();
    running.push(clock);
    return { clock, rang };
  }

  it('rings at its time, never early, within 2 s, and is gone', async () => {
    const { clock, rang } = await start('due');
    const at = soon(1_500);
    await clock.wakeAt('due', at, 'minute 1');
    await until(() => rang.length > 0);
    expect(rang[0]).toBeGreaterThanOrEqual(at.getTime());
    expect((rang[0] ?? 0) - at.getTime()).toBeLessThan(2_000);
    await until(async () => (await jobs().countDocuments({})) === 0);
    expect(rang).toHaveLength(1);
  });

  it('keeps one alarm per key, between nodes too', async () => {
    const [one, two] = [await start('due'), await start('due')];
    const at = soon(3_600_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).clock.wakeAt('due', at, 'minute 2')),
    );
    await one.clock.wakeAt('due', soon(7_200_000), 'minute 2');
    const kept = await jobs().find({}).toArray();
    expect(kept.map(({ nextRunAt }) => nextRunAt)).toEqual([at]);
  });

  it('rings once for several nodes', async () => {
    const [one, two] = [await start('due'), await start('due')];
    await one.clock.wakeAt('due', soon(300), 'minute 3');
    await until(async () => (await jobs().countDocuments({})) === 0);
    expect(one.rang.length + two.rang.length).toBe(1);
  });

  it('rings after a restart for what came due meanwhile', async () => {
    const first = await start('due');
    await first.clock.wakeAt('due', soon(400), 'minute 4');
    await running.splice(0)[0]?.onApplicationShutdown();
    await until(() => jobs().findOne({ nextRunAt: { $lte: new Date() } }));
    expect(first.rang).toEqual([]);
    const second = await start('due');
    await until(() => second.rang.length === 1);
  });

  it('takes over what a dead process had locked', async () => {
    const { clock, rang } = await start('due');
    await clock.wakeAt('due', soon(3_600_000), 'minute 5');
    await jobs().updateOne({}, { $set: { lockedAt: soon(-46_000), nextRunAt: soon(-46_000) } });
    await until(() => rang.length === 1);
  });
});
