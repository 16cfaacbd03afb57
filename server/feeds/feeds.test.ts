import type { Comment } from '@svodka/shared/contracts/comment';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';

const ALL: Filter = { and: [] };
const important: Filter = { field: 'importance', in: ['high', 'critical'] };

describe('live feeds', () => {
  let app: TestApp;
  let socket: TestSocket;
  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterAll(() => app.close());
  beforeEach(async () => {
    socket = await TestSocket.connect(app.admin);
  });
  afterEach(() => socket.close());

  const edit = (event: SvodkaEvent, changes: object) =>
    app.admin.patch<{ event: SvodkaEvent }>(`/api/events/${event.id}`, changes, {
      'If-Match': String(event.rev),
    });

  it('shows what is there, then what comes (F7)', async () => {
    const first = await makeEvent(app.admin);
    const feed = await socket.follow(ALL);
    expect(feed.ids).toContain(first.id);
    const second = await makeEvent(app.admin);
    const row = await socket.row(feed, second.id);
    expect(row).toEqual(second);
  });

  it('lets events enter and leave by an edit, and go by deletion, and come back (F2)', async () => {
    const feed = await socket.follow(important);
    const event = await makeEvent(app.admin, { importance: 'info' });
    const { event: raised } = await edit(event, { importance: 'critical' });
    await socket.row(feed, event.id);
    const { event: lowered } = await edit(raised, { importance: 'normal' });
    await socket.gone(feed, event.id);
    await edit(lowered, { importance: 'high' });
    await socket.row(feed, event.id);
    await app.admin.delete(`/api/events/${event.id}`);
    await socket.gone(feed, event.id);
    await app.admin.post(`/api/events/${event.id}/restore`);
    await socket.row(feed, event.id);
    const ops = socket
      .told('feed.changed')
      .flatMap(({ ops }) => ops)
      .filter((op) => ('event' in op ? op.event.id : op.id) === event.id);
    expect(ops.map(({ op }) => op)).toEqual(['upsert', 'leave', 'upsert', 'delete', 'upsert']);
    const versions = ops.map((op) => ('event' in op ? op.event.version : op.version));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('says nothing of events that never matched', async () => {
    const feed = await socket.follow({ field: 'type', in: ['call.missed'] });
    const event = await makeEvent(app.admin);
    await edit(event, { title: 'Другое' });
    const call = await makeEvent(app.admin, {
      type: 'call.missed',
      payload: { from: '+79160000001' },
    });
    await socket.row(feed, call.id);
    const frames = socket.told('feed.changed').filter(({ ops }) => ops.length > 0);
    expect(frames.flatMap(({ ops }) => ops)).toHaveLength(1);
  });

  it('shows what another process writes past the API, in the same order', async () => {
    const feed = await socket.follow(ALL);
    const event = await makeEvent(app.admin);
    await socket.row(feed, event.id);
    const events = driverCollection<EventDoc>(app.connection, 'events');
    const stored = await events.findOne({ _id: event.id });
    const copy = { ...stored, _id: newId(), title: 'Из скрипта' } as EventDoc;
    await events.insertOne(copy);
    expect((await socket.row(feed, copy._id)).title).toBe('Из скрипта');
    await events.updateOne({ _id: copy._id }, { $set: { title: 'Исправлено' }, $inc: { version: 1 } });
    await socket.row(feed, copy._id, ({ title }) => title === 'Исправлено');
    await events.deleteOne({ _id: copy._id });
    await socket.gone(feed, copy._id);
    expect(socket.told('feed.changed').flatMap(({ ops }) => ops)).toContainEqual({
      op: 'delete',
      id: copy._id,
      version: 2,
    });
  });

  it('continues a chain of positions from frame to frame (F5)', async () => {
    const feed = await socket.follow(ALL);
    const start = feed.view.position;
    for (let n = 0; n < 5; n++) await makeEvent(app.admin);
    const last = await makeEvent(app.admin);
    await socket.row(feed, last.id);
    const frames = socket.told('feed.changed').filter(({ room }) => room === feed.view.room);
    expect(frames[0]?.prev).toBe(start);
    for (const [at, { prev, position }] of frames.entries()) {
      expect(position > prev).toBe(true);
      if (at > 0) expect(prev).toBe(frames[at - 1]?.position);
    }
    expect(feed.resumes).toBe(0);
  });

  it('notices a lost frame by the next one, and heals (F5)', async () => {
    const feed = await socket.follow(ALL);
    let lost = 0;
    socket.lose = ({ ops }) => ops.length > 0 && lost++ === 0;
    const missed = await makeEvent(app.admin);
    await until(() => lost === 1);
    expect(feed.view.get(missed.id)).toBeUndefined();
    await makeEvent(app.admin);
    await socket.row(feed, missed.id);
    expect(feed.resumes).toBe(1);
    expect(feed.resets).toBe(0);
  });

  it('notices a lost last frame by the beat, within 15 s (F6)', async () => {
    const feed = await socket.follow(ALL);
    let isBad = true;
    socket.lose = () => isBad;
    const missed = await makeEvent(app.admin);
    await socket.fact('feed.changed', ({ ops }) => ops.length > 0);
    isBad = false;
    await until(() => feed.view.get(missed.id), { timeoutMs: 15_000 });
    expect(feed.resets).toBe(0);
  });

  it('shares one room among those who ask the same, and ends it with the last', async () => {
    const other = await TestSocket.connect(app.admin);
    const feed = await socket.follow({ and: [important, { field: 'module', in: ['finance', 'calls'] }] });
    const same = await other.follow({ and: [{ field: 'module', in: ['calls', 'finance'] }, important] });
    expect(same.view.room).toBe(feed.view.room);
    await other.unfollow(same);
    const call = await makeEvent(app.admin, {
      type: 'call.missed',
      importance: 'high',
      payload: { from: '+79160000002' },
    });
    await socket.row(feed, call.id);
    expect(other.told('feed.changed')).toEqual([]);
    other.close();
  });

  it('names in frames what their rows name, and tells when a name changes (F18)', async () => {
    const customer = await makeCounterparty(app.admin, { name: 'Северина О.' });
    const project = await makeProject(app.admin, {
      counterpartyId: customer.id,
      number: `Н-${newId().slice(-6)}`,
    });
    const feed = await socket.follow({ field: 'project', in: [project.id] });
    const event = await makeEvent(app.admin, { projectId: project.id });
    await socket.row(feed, event.id);
    expect(socket.refs.get(project.id)).toMatchObject({ number: project.number });
    expect(socket.refs.get(customer.id)).toMatchObject({ name: 'Северина О.' });
    await app.admin.patch(`/api/counterparties/${customer.id}`, { name: 'Северина Ольга' });
    await until(() => (socket.refs.get(customer.id) as { name: string }).name === 'Северина Ольга');
  });

  it('tells of a counterparty that no event names, as its page may be open (F18)', async () => {
    const customer = await makeCounterparty(app.admin);
    await app.admin.patch(`/api/counterparties/${customer.id}`, { note: 'Звонить после обеда' });
    await socket.fact('refs.changed', ({ counterparties }) => counterparties[0]?.id === customer.id);
  });

  it('tells whoever loses a counterparty by the name that they knew, and of nothing else (F18)', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const customer = await makeCounterparty(app.admin, { managerId: manager.user.id, name: 'Соснин А.' });
    const loser = await TestSocket.connect(manager);
    await app.admin.patch(`/api/counterparties/${customer.id}`, { managerId: null, name: 'Соснин Артём' });
    const { counterparties } = await loser.fact(
      'refs.changed',
      ({ counterparties: [one] }) => one?.id === customer.id,
    );
    expect(counterparties[0]?.name).toBe('Соснин А.');
    expect((await manager.send('GET', `/api/counterparties/${customer.id}`)).status).toBe(404);
    loser.facts.length = 0;
    await app.admin.patch(`/api/counterparties/${customer.id}`, { name: 'Соснин Артём Ильич' });
    await socket.fact('refs.changed', ({ counterparties: [one] }) => one?.name === 'Соснин Артём Ильич');
    expect(loser.told('refs.changed')).toEqual([]);
    loser.close();
  });

  it('counts live, in steps of what enters and leaves (F17)', async () => {
    const feeds = [
      { key: 'a', filter: { and: [important, { field: 'type', in: ['note.free'] }] } satisfies Filter },
      { key: 'b', filter: { field: 'type', in: ['measure.redo'] } satisfies Filter },
    ];
    const { counts } = await socket.ask('counts.subscribe', { feeds });
    const [a, b] = counts;
    // A count that is not known in time is told when it is.
    const known = async (one: typeof a) =>
      one?.count ?? (await socket.fact('count.changed', ({ room }) => room === one?.room)).count;
    expect(await known(b)).toEqual({ n: 0, exact: true });
    const before = (await known(a)).n;
    const event = await makeEvent(app.admin, { importance: 'high' });
    await socket.fact('count.changed', ({ room, count }) => room === a?.room && count.n === before + 1);
    await edit(event, { importance: 'info' });
    await until(() => socket.told('count.changed').at(-1)?.count.n === before);
    await socket.ask('counts.subscribe', { feeds: [] });
    const heard = socket.told('count.changed').length;
    const feed = await socket.follow(ALL);
    await socket.row(feed, (await makeEvent(app.admin, { importance: 'high' })).id);
    await until(() => feed.count.n > 0);
    expect(
      socket
        .told('count.changed')
        .slice(heard)
        .every(({ room }) => room === feed.view.room),
    ).toBe(true);
  });

  it('tells comments to those who have the event open, and only to them (F19)', async () => {
    const event = await makeEvent(app.admin);
    const other = await TestSocket.connect(app.admin);
    await socket.ask('event.follow', { eventId: event.id });
    const comment = await app.admin.post<Comment>(`/api/events/${event.id}/comments`, { body: 'Проверил' });
    await socket.fact('comment.changed', ({ id }) => id === comment.id);
    expect(socket.comments[0]).toEqual(comment);
    await socket.ask('event.follow', { eventId: null });
    await other.ask('event.follow', { eventId: event.id });
    await app.admin.patch(`/api/comments/${comment.id}`, { body: 'Проверил дважды' });
    await other.fact('comment.changed', ({ body }) => body === 'Проверил дважды');
    expect(socket.comments).toHaveLength(1);
    other.close();
  });

  it('tells people of their notices on all their pages, and of the unread', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const [one, two] = [await TestSocket.connect(manager), await TestSocket.connect(manager)];
    const project = await makeProject(app.admin, { managerId: manager.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id, importance: 'high' });
    const [fact, same] = await Promise.all([one, two].map((page) => page.fact('notice.changed')));
    expect(fact).toMatchObject({ isNew: true, unread: 1, notice: { event: { id: event.id }, seenAt: null } });
    expect(fact?.refs.projects.map(({ id }) => id)).toEqual([project.id]);
    expect(same).toEqual(fact);
    await manager.post('/api/notices/seen', { ids: [fact?.notice.id] });
    const seen = await two.fact('notice.changed', ({ unread }) => unread === 0);
    expect(seen).toMatchObject({ isNew: false, notice: { seenAt: expect.any(String) } });
    expect(socket.told('notice.changed')).toEqual([]);
    one.close();
    two.close();
  });

  it('shows an import to those who may import, and to nobody else', async () => {
    const measurer = await TestSocket.connect(await app.signIn({ roles: ['measurer'] }));
    const upload = await app.admin.send<{ batch: { id: string } }>(
      'POST',
      '/api/imports?fileName=a.csv',
      'title,when\nПервое,2026-01-01T10:00:00Z\n',
      { 'Content-Type': 'text/csv' },
    );
    expect(upload.status).toBe(201);
    await socket.fact('import.changed', ({ id }) => id === upload.body.batch.id);
    await measurer.ask('presence.beat', { visible: true, idleMs: 0 });
    expect(measurer.facts).toEqual([]);
    measurer.close();
  });

  it('never sends a hidden field (F15)', async () => {
    const feed = await socket.follow(ALL);
    const event = await makeEvent(app.admin, { body: 'Слова для поиска' });
    await socket.row(feed, event.id);
    await edit(event, { title: 'Ещё раз' });
    await socket.row(feed, event.id, ({ title }) => title === 'Ещё раз');
    const text = JSON.stringify(socket.facts) + JSON.stringify(feed.rows);
    for (const hidden of [
      '"terms"',
      '"audienceIds"',
      '"created"',
      '"nextDueChangeAt"',
      '"revisions"',
      '"_id"',
      '"deletedBy"',
    ]) {
      expect(text).not.toContain(hidden);
    }
  });
});
