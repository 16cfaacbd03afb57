import type { Comment } from '@svodka/shared/contracts/comment';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { DiscussionsService } from './discussions.service.ts';

describe(DiscussionsService.name, () => {
  let app: TestApp;
  const sockets: TestSocket[] = [];
  const connect = async (...args: Parameters<typeof TestSocket.connect>) => {
    const socket = await TestSocket.connect(...args);
    sockets.push(socket);
    return socket;
  };
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  afterAll(() => app?.close());

  const say = (event: SvodkaEvent, body: string) =>
    app.admin.post<Comment>(`/api/events/${event.id}/comments`, { body });

  /** Keeps the reads of one event back, as a slow store does, while `during` runs. */
  async function slowly(eventId: string, reader: string, during: () => Promise<void>): Promise<void> {
    const repository = app.app.get(EventsRepository, { strict: false });
    const read = repository.get.bind(repository);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    repository.get = async (id, scope) => {
      const found = await read(id, scope);
      // The reads of who writes go through: their scope is everything.
      if (id === eventId && JSON.stringify(scope ?? {}).includes(reader)) await released;
      return found;
    };
    try {
      await during();
    } finally {
      release();
      repository.get = read;
    }
  }

  it('tells a stranger nothing while a slow store looks up their rights (60 comments)', async () => {
    const stranger = await app.signIn({ roles: ['manager'] });
    const [socket, watching] = [await connect(stranger), await connect(app.admin)];
    const event = await makeEvent(app.admin);
    await watching.ask('event.follow', { eventId: event.id });
    let answer: Promise<unknown> = Promise.resolve();
    await slowly(event.id, stranger.user.id, async () => {
      answer = socket.send('event.follow', { eventId: event.id });
      for (let i = 0; i < 60; i++) await say(event, `Между нами ${i}`);
      await watching.fact('comment.changed', ({ body }) => body === 'Между нами 59');
    });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(socket.comments).toEqual([]);
    expect(socket.told('event.changed')).toEqual([]);
  });

  it('looks again when the rights change while they are looked up', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const project = await makeProject(app.admin, { managerId: manager.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const [socket, watching] = [await connect(manager), await connect(app.admin)];
    await watching.ask('event.follow', { eventId: event.id });
    let answer: Promise<unknown> = Promise.resolve();
    await slowly(event.id, manager.user.id, async () => {
      answer = socket.send('event.follow', { eventId: event.id });
      await app.admin.patch<Project>(`/api/projects/${project.id}`, { managerId: null });
      await watching.fact('event.changed');
    });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    await say(event, 'Между нами');
    await watching.fact('comment.changed');
    expect(socket.comments).toEqual([]);
  });

  it('does not let a slow answer join what was left meanwhile', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const project = await makeProject(app.admin, { managerId: manager.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    await connect(manager);
    const [socket] = app.app.get(Sockets, { strict: false }).ofUser(manager.user.id);
    if (!socket) throw new Error('the socket is not there');
    const discussions = app.app.get(DiscussionsService, { strict: false });
    let slow: Promise<unknown> = Promise.resolve();
    await slowly(event.id, manager.user.id, async () => {
      slow = discussions.follow(socket, event.id).catch((error: unknown) => error);
      await discussions.follow(socket, null);
    });
    expect(await slow).toMatchObject({ code: 'unavailable' });
    expect([...socket.rooms]).not.toContain(`event:${event.id}`);
  });

  it('answers with the event and its discussion, and tells what becomes of both', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    const project = await makeProject(app.admin, { managerId: manager.user.id });
    const event = await makeEvent(app.admin, { projectId: project.id });
    const said = await say(event, 'Когда замер?');
    const socket = await connect(manager);
    const answer = await socket.ask('event.follow', { eventId: event.id });
    expect(answer).toMatchObject({ row: { id: event.id }, comments: [said], next: null });
    expect(answer.refs.projects.map(({ id }) => id)).toEqual([project.id]);
    await app.admin.post(`/api/events/${event.id}/resolve`);
    const { event: told } = await socket.fact('event.changed', ({ event: now }) => now.status === 'resolved');
    expect(told.id).toBe(event.id);
    await app.admin.delete(`/api/events/${event.id}`);
    const gone = await socket.fact('event.gone');
    expect(gone.version).toBeGreaterThan(told.version);
    await app.admin.post(`/api/events/${event.id}/restore`);
    await socket.fact('event.changed', ({ event: now }) => now.version > gone.version);
    const other = await say(event, 'Замер завтра');
    await socket.fact('comment.changed', ({ id }) => id === other.id);
  });

  it('follows one event at most', async () => {
    const [one, two] = [await makeEvent(app.admin), await makeEvent(app.admin)];
    const [socket, watching] = [await connect(app.admin), await connect(app.admin)];
    await socket.ask('event.follow', { eventId: one.id });
    await socket.ask('event.follow', { eventId: two.id });
    await watching.ask('event.follow', { eventId: one.id });
    await say(one, 'Мимо');
    await watching.fact('comment.changed');
    await say(two, 'Сюда');
    await socket.fact('comment.changed');
    expect(socket.comments.map(({ body }) => body)).toEqual(['Сюда']);
    expect(await socket.ask('event.follow', { eventId: null })).toMatchObject({ row: null, comments: [] });
  });
});
