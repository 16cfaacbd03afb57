import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Filter } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';

const ALL: Filter = { and: [] };
/** Promise P12. */
const REVOKED_MS = 1_000;

describe('rights of a live feed (F14)', () => {
  let app: TestApp;
  const sockets: TestSocket[] = [];
  const connect = async (client: Parameters<typeof TestSocket.connect>[0]) => {
    const socket = await TestSocket.connect(client);
    sockets.push(socket);
    return socket;
  };
  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  afterAll(() => app.close());

  async function endsWithin(socket: TestSocket, act: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    await act();
    await socket.ended;
    expect(performance.now() - began).toBeLessThan(REVOKED_MS);
  }

  it('shows a manager only what is theirs, whatever the filter asks', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const mine = await makeProject(app.admin, { managerId: manager.user.id });
    const foreign = await makeProject(app.admin);
    const socket = await connect(manager);
    const all = await socket.follow(ALL);
    const byProject = await socket.follow({ field: 'project', in: [foreign.id, mine.id] });
    const hidden = await makeEvent(app.admin, { projectId: foreign.id });
    const byId = await socket.follow({ field: 'id', in: [hidden.id] });
    const shown = await makeEvent(app.admin, { projectId: mine.id });
    await socket.row(all, shown.id);
    await socket.row(byProject, shown.id);
    expect(byId.rows).toEqual([]);
    await until(() => byId.count.exact);
    expect(byId.count.n).toBe(0);
    expect(JSON.stringify(socket.facts)).not.toContain(hidden.id);
  });

  it('takes events away when their project goes to somebody else, and gives them', async () => {
    const [from, to] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['manager'] })];
    const project = await makeProject(app.admin, { managerId: from.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const [loser, winner] = [await connect(from), await connect(to)];
    const [lost, won] = [await loser.follow(ALL), await winner.follow(ALL)];
    await loser.row(lost, event.id);
    await app.admin.patch<Project>(`/api/projects/${project.id}`, { managerId: to.user.id });
    await loser.gone(lost, event.id);
    await winner.row(won, event.id);
  });

  it('takes an open event away from who may no longer see it, before its next comment', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const project = await makeProject(app.admin, { managerId: manager.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const socket = await connect(manager);
    const feed = await socket.follow({ field: 'id', in: [event.id] });
    await socket.ask('event.follow', { eventId: event.id });
    await app.admin.patch(`/api/projects/${project.id}`, { managerId: null });
    await socket.gone(feed, event.id);
    const watching = await connect(app.admin);
    await watching.ask('event.follow', { eventId: event.id });
    await app.admin.post(`/api/events/${event.id}/comments`, { body: 'Секрет' });
    await watching.fact('comment.changed');
    expect(socket.comments).toEqual([]);
    await expect(socket.ask('event.follow', { eventId: event.id })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('keeps department events to the department', async () => {
    const [inside, outside] = [
      await app.signIn({ roles: ['finance'], departmentId: 'finance' }),
      await app.signIn({ roles: ['finance'], departmentId: 'other' }),
    ];
    const [one, two] = [await connect(inside), await connect(outside)];
    const [seen, unseen] = [await one.follow(ALL), await two.follow(ALL)];
    const write = (visibility: SvodkaEvent['visibility']) =>
      makeEvent(inside, {
        type: 'payment.received',
        visibility,
        payload: { amountKop: 100, method: 'cash' },
      });
    const closed = await write('department');
    const open = await write('internal');
    await one.row(seen, closed.id);
    await two.row(unseen, open.id);
    expect(unseen.ids).not.toContain(closed.id);
  });

  it.each(['audience', 'department', 'visibility', 'deleted'])('refuses to filter by %s', async (field) => {
    const socket = await connect(app.admin);
    const filter = field === 'deleted' ? { field, exists: true } : { field, in: ['x'] };
    const answer = await socket.send('feed.subscribe', { filter });
    expect(answer).toMatchObject({ ok: false, error: { code: 'validation' } });
    expect(answer.error?.details?.[0]?.reason).toBe('field-not-filterable');
  });

  it('ends the socket of a signed-out session within a second, and lets it in no more', async () => {
    const user = await app.signIn();
    const socket = await connect(user);
    const feed = await socket.follow(ALL);
    await endsWithin(socket, () => user.delete('/api/session'));
    expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
    const event = await makeEvent(app.admin);
    expect(feed.view.get(event.id)).toBeUndefined();
    await expect(TestSocket.connect(user)).rejects.toMatchObject({ message: 'unauthenticated' });
  });

  it('ends the sockets of a disabled user within a second', async () => {
    const user = await app.signIn();
    const [one, two] = [await connect(user), await connect(user)];
    await endsWithin(one, () => app.admin.patch(`/api/users/${user.user.id}`, { disabled: true }));
    await two.ended;
    expect(two.told('session.ended')).toEqual([{ reason: 'revoked' }]);
    await expect(TestSocket.connect(user)).rejects.toMatchObject({ message: 'unauthenticated' });
  });

  it('ends the sockets of other sessions when the password changes', async () => {
    const user = await app.signIn();
    const socket = await connect(user);
    await endsWithin(socket, () => app.admin.post(`/api/users/${user.user.id}/password`, {}));
    expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
  });

  it('ends the sockets of a user whose roles change, and then shows what the new ones see', async () => {
    const user = await app.signIn({ roles: ['dispatcher'] });
    const note = await makeEvent(app.admin);
    const socket = await connect(user);
    const feed = await socket.follow(ALL);
    expect(feed.ids).toContain(note.id);
    await endsWithin(socket, () => app.admin.patch(`/api/users/${user.user.id}`, { roles: ['measurer'] }));
    expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
    const again = await connect(await app.client().signIn(user.user.login, user.password));
    await again.follow(ALL, { from: feed });
    expect(feed.resets).toBe(1);
    expect(feed.ids).not.toContain(note.id);
  });

  it('begins the days of a user elsewhere when their zone changes', async () => {
    const user = await app.signIn({ tz: 'Europe/Moscow' });
    const socket = await connect(user);
    const today: Filter = { field: 'occurred', from: { unit: 'day', offset: 0, edge: 'start' } };
    const feed = await socket.follow(today);
    const { room } = feed.view;
    await user.patch('/api/session/user', { tz: 'Asia/Kamchatka' });
    await until(() => feed.resets === 1);
    expect(feed.view.room).not.toBe(room);
  });

  it('sends nothing of a later commit to a socket whose session has ended', async () => {
    const user = await app.signIn();
    const socket = await connect(user);
    const feed = await socket.follow(ALL);
    let isWriting = true;
    const afterwards: string[] = [];
    let isRevoked = false;
    const writers = [1, 2, 3].map(async () => {
      while (isWriting) {
        const later = isRevoked;
        const { id } = await makeEvent(app.admin);
        if (later) afterwards.push(id);
      }
    });
    await until(() => feed.rows.length > 10);
    await user.delete('/api/session');
    isRevoked = true;
    await socket.ended;
    isWriting = false;
    await Promise.all(writers);
    expect(afterwards.filter((id) => feed.view.get(id))).toEqual([]);
  });
});
