/** What was taken from a person is out of sight at once, whatever the number of its events (F21). */
import { jest } from '@jest/globals';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { ALL } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { Withheld } from '../entries/withheld.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { MembershipRewriter } from '../events/membership-rewriter.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

describe('an order that is taken from its manager', () => {
  let app: TestApp;
  let vera: Person;
  let oleg: Person;
  let socket: TestSocket;
  let release: () => void;

  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterAll(() => app?.close());

  /** No event is rewritten until the test lets it: as with so many of them that it takes for ever. */
  beforeEach(async () => {
    const events = app.app.get(EventsRepository, { strict: false });
    const real = events.amendMany.bind(events);
    const opened = new Promise<void>((resolve) => {
      release = resolve;
    });
    jest.spyOn(events, 'amendMany').mockImplementation(async (amendments) => {
      await opened;
      return real(amendments);
    });
    [vera, oleg] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['manager'] })];
    socket = await TestSocket.connect(vera);
  });
  afterEach(async () => {
    release();
    await app.app.get(MembershipRewriter, { strict: false }).run();
    jest.restoreAllMocks();
    socket.close();
  });

  const listed = async (who: Person) =>
    (await who.get<{ items: SvodkaEvent[] }>('/api/events')).items.map(({ id }) => id);
  const give = (project: Project, to: Person) =>
    app.admin.patch(`/api/projects/${project.id}`, { managerId: to.user.id });

  it('leaves her lists, counts, pages and discussions before a single event is rewritten', async () => {
    const project = await makeProject(app.admin, { managerId: vera.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id, importance: 'critical' });
    const own = await makeEvent(vera, { type: 'note.free' });
    const feed = await socket.follow(ALL);
    expect(feed.ids).toEqual([own.id, event.id]);
    await socket.ask('event.follow', { eventId: event.id });
    await until(async () =>
      (await vera.get<{ items: { event: unknown }[] }>('/api/notices')).items.some((notice) => notice.event),
    );

    await give(project, oleg);
    expect(await listed(vera)).toEqual([own.id]);
    expect((await vera.send('GET', `/api/events/${event.id}`)).status).toBe(404);
    expect(await vera.get('/api/events/count')).toMatchObject({ n: 1 });
    const inbox = await vera.get<{ items: { event: unknown }[] }>('/api/notices');
    expect(inbox.items.map((notice) => notice.event)).toEqual([null]);
    await until(() => feed.ids.join() === own.id);

    const before = feed.ids.length;
    await app.admin.post(`/api/events/${event.id}/comments`, { body: 'Не для неё' });
    const after = await makeEvent(vera, { type: 'note.free' });
    await socket.row(feed, after.id);
    expect(feed.ids).toHaveLength(before + 1);
    expect(socket.comments).toEqual([]);
  });

  it('is hers again at once when it is given back, whether its events were rewritten meanwhile or not', async () => {
    const project = await makeProject(app.admin, { managerId: vera.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const feed = await socket.follow(ALL);
    await give(project, oleg);
    await until(() => feed.ids.length === 0);
    await give(project, vera);
    await until(() => feed.ids.join() === event.id);
    await give(project, oleg);
    await until(() => feed.ids.length === 0);

    release();
    await until(async () => (await listed(oleg)).includes(event.id));
    const withheld = app.app.get(Withheld, { strict: false });
    await until(() => withheld.of(vera.user.id).projects.length === 0);
    expect(feed.ids).toEqual([]);
    await give(project, vera);
    await until(() => feed.ids.join() === event.id);
    const fresh = await makeEvent(app.admin, { projectId: project.id });
    await socket.row(feed, fresh.id);
  });

  it('leaves no feed deaf that was being opened meanwhile', async () => {
    const project = await makeProject(app.admin, { managerId: vera.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const events = app.app.get(EventsRepository, { strict: false });
    const real = events.find.bind(events);
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const find = jest.spyOn(events, 'find').mockImplementation(async (...args) => {
      await opened;
      return real(...args);
    });
    const opening = socket.follow(ALL);
    await until(() => find.mock.calls.length > 0);
    await give(project, oleg);
    // The room that it is joining is told to start over, and the page does not know that room's name yet.
    await socket.fact('feed.reset');
    open();
    const feed = await opening;
    expect(feed.ids).not.toContain(event.id);
    const own = await makeEvent(vera, { type: 'note.free' });
    await socket.row(feed, own.id);
  });

  it('is withheld after a restart too, until the last event is rewritten', async () => {
    const project = await makeProject(app.admin, { managerId: vera.user.id });
    await makeEvent(app.admin, { projectId: project.id });
    await give(project, oleg);
    const withheld = app.app.get(Withheld, { strict: false });
    await withheld.load();
    expect(withheld.of(vera.user.id)).toEqual({ projects: [project.id], counterparties: [] });
    expect(await listed(vera)).toEqual([]);
  });

  it('goes for a counterparty as well: what stands in no order follows its manager', async () => {
    const customer = await makeCounterparty(app.admin, { managerId: vera.user.id });
    const call = await makeEvent(app.admin, {
      type: 'call.in',
      counterpartyIds: [customer.id],
      payload: CALL,
    });
    const feed = await socket.follow(ALL);
    expect(feed.ids).toEqual([call.id]);
    await app.admin.patch<Counterparty>(`/api/counterparties/${customer.id}`, { managerId: oleg.user.id });
    expect(await listed(vera)).toEqual([]);
    await until(() => feed.ids.length === 0);
    release();
    await until(async () => (await listed(oleg)).includes(call.id));
  });
});

const CALL = { from: '+79161234567', to: '+74951234567', durationMs: 1_000 };
