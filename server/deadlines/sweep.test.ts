import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, openTestStore, type TestApp } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { eventDraft, makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsInTime } from '../events/events-in-time.repository.ts';
import type { NoticeDoc } from '../notices/notice.schema.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { startServer } from '../start.ts';
import { DeadlineSweep } from './sweep.service.ts';

const HOUR = 3_600_000;

describe(DeadlineSweep.name, () => {
  let app: TestApp;
  const clock = new FakeClock();

  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterAll(() => app?.close());

  const sweep = () => app.app.get(DeadlineSweep, { strict: false }).run();
  const inHours = (hours: number) => new Date(clock.now().getTime() + hours * HOUR).toISOString();
  const read = async (id: string) => (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;

  it('walks a deadline through its states, and touches the version only (DL1, DL2)', async () => {
    const event = await makeEvent(app.admin, { due: { at: inHours(8), leadMin: 120 } });
    const states = [event.dueState];
    for (const hours of [5.9, 0.2, 1.8, 0.2]) {
      clock.advance(hours * HOUR);
      await sweep();
      states.push((await read(event.id)).dueState);
    }
    expect(states).toEqual(['none', 'none', 'approaching', 'approaching', 'overdue']);
    const swept = await read(event.id);
    expect(swept.rev).toBe(event.rev);
    expect(swept.version).toBe(event.version + 2);
    expect(await sweep()).toBe(0);
  });

  it('looks again when it was asked while those who go along told of what had come (DL5)', async () => {
    const room = app.app.get(DeadlineSweep, { strict: false });
    const event = await makeEvent(app.admin, { due: { at: inHours(1) } });
    let asked: Promise<number> | undefined;
    room.along(async () => {
      if (!asked) {
        clock.advance(2 * HOUR);
        asked = room.run();
      }
      return null;
    });
    await room.run();
    await asked;
    expect((await read(event.id)).dueState).toBe('overdue');
  });

  it('leaves alone what is resolved', async () => {
    const event = await makeEvent(app.admin, { due: { at: inHours(2) } });
    await app.admin.post(`/api/events/${event.id}/resolve`);
    clock.advance(3 * HOUR);
    expect(await sweep()).toBe(0);
    expect((await read(event.id)).dueState).toBe('done');
  });

  it('writes hundreds that are due in the same minute, once each, from two nodes at once (DL3)', async () => {
    const { event: sample } = await app.admin.post<{ event: SvodkaEvent }>('/api/events', {
      ...eventDraft(),
      due: { at: inHours(30) },
    });
    const events = driverCollection<EventDoc>(app.connection, 'events');
    const doc = await events.findOne({ _id: sample.id });
    if (!doc) throw new Error('the sample is not there');
    const { created: _created, ...rest } = doc;
    const at = (i: number) => `019abc00-0000-7000-8000-${String(i).padStart(12, '0')}`;
    await events.insertMany(Array.from({ length: 300 }, (_, i) => ({ ...rest, _id: at(i) })));
    const config = loadConfig({ PORT: '0', LOG_LEVEL: 'fatal' });
    const other = await startServer({ config, logger: new Logger('fatal'), storeUri: app.storeUri, clock });
    clock.advance(7 * HOUR);
    await Promise.all([sweep(), other.app.get(DeadlineSweep, { strict: false }).run()]);
    await other.stop();
    expect(await events.countDocuments({ _id: { $lt: at(300) }, dueState: 'approaching' })).toBe(300);
    expect(await events.countDocuments({ _id: { $lt: at(300) }, version: sample.version + 1 })).toBe(300);
  });
});

describe('an hour in which nobody swept', () => {
  it('is caught up with at once: each deadline is told once, with the moment at which it was', async () => {
    const store = await openTestStore();
    const clock = new FakeClock();
    const sign = { login: 'admin', password: 'quiet-harbour-17' };
    const config = loadConfig({
      PORT: '0',
      LOG_LEVEL: 'fatal',
      ADMIN_LOGIN: sign.login,
      ADMIN_PASSWORD: sign.password,
    });
    const start = () => startServer({ config, logger: new Logger('fatal'), storeUri: store.uri, clock });
    const before = await start();
    const admin = await new Client(before.url).signIn(sign.login, sign.password);
    const { user } = await admin.post<{ user: { id: string } }>('/api/users', {
      login: 'manager',
      name: 'Manager',
      roles: ['manager'],
    });
    const { id: projectId } = await makeProject(admin, { managerId: user.id });
    const at = new Date(clock.now().getTime() + 400 * HOUR).toISOString();
    const sample = await makeEvent(admin, { projectId, due: { at, leadMin: 0 } });
    const events = driverCollection<EventDoc>(before.connection, 'events');
    const { created: _, ...doc } = (await events.findOne({ _id: sample.id })) as EventDoc;
    const dues = new Map<string, number>();
    await events.insertMany(
      Array.from({ length: 200 }, (_, i) => {
        const dueAt = new Date(clock.now().getTime() + ((i + 1) * HOUR) / 201);
        const copy = { ...doc, _id: newId(), dueAt, nextDueChangeAt: dueAt };
        dues.set(copy._id, dueAt.getTime());
        return copy;
      }),
    );
    await before.stop();
    clock.advance(HOUR);
    const after = await start();
    try {
      const notices = driverCollection<NoticeDoc>(after.connection, 'notices');
      const told = () => notices.find({ reason: 'overdue' }).toArray();
      await until(async () => (await told()).length >= 200, {
        timeoutMs: 60_000,
        what: () => 'a notice of each deadline',
      });
      await after.app.get(DeadlineSweep, { strict: false }).run();
      const all = await told();
      expect(all).toHaveLength(200);
      expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(200);
      // Late, and saying so: what it is about was then, and it is told now.
      for (const { eventId, at, createdAt } of all)
        expect([at.getTime(), createdAt]).toEqual([dues.get(eventId), clock.now()]);
    } finally {
      await after.stop();
      await store.close();
    }
  }, 120_000);
});

describe('a deadline on a real clock', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  it('falls due by itself, never early and within 2 s (DL4, DL5)', async () => {
    const dueAt = new Date(Date.now() + 3_000);
    const event = await makeEvent(app.admin, { due: { at: dueAt.toISOString() } });
    expect(event.dueState).toBe('approaching');
    await until(async () => {
      const { event: now } = await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`);
      if (now.dueState === 'approaching') return false;
      expect(now.dueState).toBe('overdue');
      expect(Date.now()).toBeGreaterThanOrEqual(dueAt.getTime());
      return true;
    });
    expect(Date.now() - dueAt.getTime()).toBeLessThan(2_000);
  });

  it('has an alarm for the minute of each change (DL4)', async () => {
    const dueAt = new Date(Date.now() + 100 * HOUR);
    await makeEvent(app.admin, { due: { at: dueAt.toISOString(), leadMin: 60 } });
    const minute = new Date(Math.floor((dueAt.getTime() - HOUR) / 60_000) * 60_000);
    await until(() => driverCollection(app.connection, 'agendaJobs').findOne({ nextRunAt: minute }));
  });
});

describe('a sweep that fails', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is repeated until one succeeds, without waiting for the next minute (DL7)', async () => {
    const clock = new FakeClock();
    const app = await createTestApp({ clock });
    try {
      const at = new Date(clock.now().getTime() + 1_000).toISOString();
      const repository = app.app.get(EventsInTime, { strict: false });
      const event = await makeEvent(app.admin, { due: { at } });
      let failures = 0;
      const real = repository.dueForSweep.bind(repository);
      jest.spyOn(repository, 'dueForSweep').mockImplementation((...args) => {
        if (failures++ < 3) throw new Error('the store is away');
        return real(...args);
      });
      clock.advance(2_000);
      const ready = async () => (await app.client().send('GET', '/api/ready')).body as { deadlines: boolean };
      await until(async () => !(await ready()).deadlines);
      await until(
        async () =>
          (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event.dueState ===
          'overdue',
        { timeoutMs: 20_000 },
      );
      expect(failures).toBeGreaterThan(3);
      await until(async () => (await ready()).deadlines);
    } finally {
      await app.close();
    }
  });
});
