import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Filter } from '@svodka/shared/filter/ast';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { movedWindow } from './slice.ts';

const today: Filter = {
  field: 'occurred',
  from: { unit: 'day', offset: 0, edge: 'start' },
  to: { unit: 'day', offset: 0, edge: 'end' },
};
const yesterday: Filter = {
  field: 'occurred',
  from: { unit: 'day', offset: -1, edge: 'start' },
  to: { unit: 'day', offset: -1, edge: 'end' },
};
const lastHour: Filter = { field: 'occurred', from: { unit: 'hour', offset: -1, edge: 'start' } };
const dueTomorrow: Filter = {
  field: 'dueAt',
  from: { unit: 'day', offset: 1, edge: 'start' },
  to: { unit: 'day', offset: 1, edge: 'end' },
};
const HOUR = 3_600_000;

describe('bounds that move by the clock (F13)', () => {
  let app: TestApp;
  let moscow: Client;
  let vladivostok: Client;
  let clock: FakeClock;

  beforeEach(async () => {
    // Half past eleven at night in Moscow, so that its midnight is near; half past six in the morning in Vladivostok.
    const base = new Date();
    base.setUTCHours(20, 30, 0, 0);
    clock = new FakeClock(base);
    app = await createTestApp({ clock });
    moscow = await app.signIn({ tz: 'Europe/Moscow' });
    vladivostok = await app.signIn({ tz: 'Asia/Vladivostok' });
  }, 60_000);
  afterEach(() => app.close());

  const at = (hoursAgo: number) => new Date(clock.now().getTime() - hoursAgo * HOUR).toISOString();

  it('takes yesterday out of today at midnight, by explicit steps, each reader at their own', async () => {
    const [evening, morning] = [
      await makeEvent(app.admin, { occurredAt: at(1) }),
      await makeEvent(app.admin, { occurredAt: at(20) }),
    ];
    const one = await TestSocket.connect(moscow);
    const two = await TestSocket.connect(vladivostok);
    const feeds = { today: await one.follow(today), yesterday: await one.follow(yesterday) };
    const far = await two.follow(today);
    expect(feeds.today.ids).toEqual([evening.id, morning.id]);
    expect(feeds.yesterday.ids).toEqual([]);
    expect(far.ids).toEqual([evening.id]);
    clock.advance(HOUR);
    await until(() => feeds.today.ids.length === 0 && feeds.yesterday.ids.length === 2);
    expect(feeds.yesterday.ids).toEqual([evening.id, morning.id]);
    expect(far.ids).toEqual([evening.id]);
    expect([feeds.today.resets, feeds.yesterday.resets, feeds.today.resumes]).toEqual([0, 0, 0]);
    await until(() => feeds.today.count.n === 0 && feeds.yesterday.count.n === 2);
    const event = await makeEvent(app.admin);
    await one.row(feeds.today, event.id);
    one.close();
    two.close();
  });

  it('loses no write that comes while the bounds move', async () => {
    const socket = await TestSocket.connect(moscow);
    const feed = await socket.follow(today);
    const events = await Promise.all(
      Array.from({ length: 12 }, (_, n) => makeEvent(app.admin, { occurredAt: at(n) })),
    );
    await until(() => feed.rows.length === 12);
    clock.advance(HOUR);
    const writes = events.map((event, n) =>
      n % 3 === 0
        ? app.admin.delete(`/api/events/${event.id}`)
        : app.admin.patch(
            `/api/events/${event.id}`,
            n % 3 === 1 ? { occurredAt: clock.now().toISOString() } : { title: 'Правка' },
            { 'If-Match': '1' },
          ),
    );
    const more = Array.from({ length: 6 }, () => makeEvent(app.admin));
    await Promise.all([...writes, ...more]);
    const { items } = await moscow.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent('occurred=today')}`,
    );
    expect(items).toHaveLength(10);
    await until(() => JSON.stringify(feed.rows) === JSON.stringify(items), {
      what: () => `${feed.ids.join(' ')} to be ${items.map(({ id }) => id).join(' ')}`,
    });
    socket.close();
  });

  it('does not resume under other bounds, but starts anew', async () => {
    const socket = await TestSocket.connect(moscow);
    const feed = await socket.follow(lastHour);
    const old = await makeEvent(app.admin, { occurredAt: at(1) });
    await socket.row(feed, old.id);
    socket.drop();
    clock.advance(HOUR);
    const again = await TestSocket.connect(moscow);
    await again.follow(lastHour, { from: feed });
    expect(feed.resets).toBe(1);
    expect(feed.ids).not.toContain(old.id);
    again.close();
  });

  it('starts anew where moved bounds may concern any event', async () => {
    const socket = await TestSocket.connect(moscow);
    const due = await makeEvent(app.admin, {
      due: { at: new Date(clock.now().getTime() + 36 * HOUR).toISOString() },
    });
    const feed = await socket.follow(dueTomorrow);
    expect(feed.ids).toEqual([]);
    clock.advance(HOUR);
    await socket.row(feed, due.id);
    expect(feed.resets).toBe(1);
    socket.close();
  });
});

describe(movedWindow.name, () => {
  const zone = 'Europe/Moscow';
  const before = { now: new Date('2026-03-10T20:30:00Z'), zone };
  const after = { now: new Date('2026-03-10T21:30:00Z'), zone };

  it('spans what entered and what left', () => {
    expect(movedWindow(today, before, after)).toEqual({
      from: '2026-03-09T21:00:00.000Z',
      to: '2026-03-11T21:00:00.000Z',
    });
    const lastWeek: Filter = { field: 'occurred', from: { unit: 'day', offset: -6, edge: 'start' } };
    const { from, to } = resolveFilter(lastWeek, after).filter as { from: string; to?: string };
    expect(movedWindow(lastWeek, before, after)).toEqual({
      from: new Date(Date.parse(from) - 24 * HOUR).toISOString(),
      to: from,
    });
    expect(to).toBeUndefined();
  });

  it('is unknown where another time moved, and where nothing did', () => {
    expect(movedWindow({ or: [today, dueTomorrow] }, before, after)).toBeNull();
    expect(
      movedWindow({ not: { field: 'occurred', from: '2026-01-01T00:00:00.000Z' } }, before, after),
    ).toBeNull();
  });
});
