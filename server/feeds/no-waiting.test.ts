/** What is slow beside the rows keeps no row back (F17, F20), and a room that everybody left is gone. */
import { jest } from '@jest/globals';
import type { Filter } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Rooms } from './rooms.service.ts';

const lastHour: Filter = { field: 'occurred', from: { unit: 'hour', offset: -1, edge: 'start' } };

/** Holds every call of a method back until it is opened. */
function gate<K extends 'count' | 'find'>(events: EventsRepository, name: K) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const method = events[name].bind(events) as (...args: unknown[]) => Promise<never>;
  const spy = jest.spyOn(events, name).mockImplementation(async (...args: unknown[]) => {
    await opened;
    return method(...args);
  });
  return { spy, open };
}

describe('a slow store', () => {
  let app: TestApp;
  let socket: TestSocket;
  let person: Client;
  let events: EventsRepository;
  const clock = new FakeClock();

  beforeAll(async () => {
    app = await createTestApp({ clock });
    events = app.app.get(EventsRepository, { strict: false });
  }, 60_000);
  afterAll(() => app?.close());
  beforeEach(async () => {
    person = await app.signIn();
    socket = await TestSocket.connect(person);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    socket.close();
  });

  it('makes no room for feeds that are beyond what a person may have', async () => {
    const rooms = app.app.get(Rooms, { strict: false });
    const feed = (n: number): Filter => ({ text: `feed${n}` });
    const feeds = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: `k${from + i}`, filter: feed(from + i) }));
    const second = await TestSocket.connect(person);
    const had = new Set(rooms.all().map(({ key }) => key));
    const made = () => rooms.all().filter(({ key }) => !had.has(key)).length;
    await socket.ask('counts.subscribe', { feeds: feeds(0, 60) });
    const open = jest.spyOn(rooms, 'open');
    expect(await second.send('counts.subscribe', { feeds: feeds(60, 60) })).toMatchObject({ ok: false });
    expect([open.mock.calls.length, made()]).toEqual([0, 60]);
    // What both pages count is one, and what is left makes place.
    await second.ask('counts.subscribe', { feeds: feeds(20, 60) });
    expect(made()).toBe(80);
    await socket.ask('counts.subscribe', { feeds: [] });
    expect(made()).toBe(60);
    second.close();
  });

  it('gives rows before their count, and tells the count when it is known', async () => {
    const event = await makeEvent(app.admin, { type: 'measure.redo' });
    const { spy, open } = gate(events, 'count');
    const filter: Filter = { field: 'type', in: ['measure.redo'] };
    const answer = await socket.ask('feed.subscribe', { filter });
    expect(answer).toMatchObject({ mode: 'snapshot', rows: [{ id: event.id }], count: null });
    const { counts } = await socket.ask('counts.subscribe', {
      feeds: [{ key: 'all', filter: { field: 'type', in: ['complaint.closed'] } }],
    });
    expect(counts).toMatchObject([{ key: 'all', count: null }]);
    expect(spy).toHaveBeenCalled();
    open();
    await socket.fact('count.changed', ({ room, count }) => room === answer.room && count.n === 1);
    await socket.fact('count.changed', ({ room, count }) => room === counts[0]?.room && count.n === 0);
  });

  it('keeps no frame back while it finds out whom a new name concerns (F20)', async () => {
    const project = await makeProject(app.admin);
    await makeEvent(app.admin, { projectId: project.id });
    const feed = await socket.follow({ field: 'importance', in: ['high'] });
    const { spy, open } = gate(events, 'count');
    await app.admin.patch(`/api/projects/${project.id}`, { objectAddress: 'Новая улица, 1' });
    await until(() => spy.mock.calls.length > 0);
    const event = await makeEvent(app.admin, { importance: 'high' });
    await socket.row(feed, event.id);
    open();
    await socket.fact('refs.changed', ({ projects }) => projects[0]?.objectAddress === 'Новая улица, 1');
  });

  it('lets a room that everybody left while its bounds moved go for good', async () => {
    const rooms = app.app.get(Rooms, { strict: false });
    const first = await socket.follow(lastHour);
    const { spy, open } = gate(events, 'find');
    clock.advance(3_600_000);
    await until(() => spy.mock.calls.length > 0);
    await socket.unfollow(first);
    spy.mockRestore();
    const again = await socket.follow(lastHour);
    open();
    const event = await makeEvent(app.admin, { occurredAt: clock.now().toISOString() });
    await socket.row(again, event.id);
    await until(() => rooms.all().every((room) => room.told === null));
    const image = {
      kind: 'insert' as const,
      id: event.id,
      before: null,
      after: await events.get(event.id),
    };
    const alive = new Set(rooms.all());
    expect(rooms.match(image).filter(({ room }) => !alive.has(room))).toEqual([]);
  });
});
