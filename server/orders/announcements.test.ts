import { jest } from '@jest/globals';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Announcements } from './announcements.service.ts';
import { LineFollower } from './line-follower.ts';

const HOUR = 3_600_000;

describe(Announcements.name, () => {
  // A Monday, seven in the morning where orders live.
  // Still to come: the store forgets sessions by its own clock.
  const clock = new FakeClock('2037-11-30T04:00:00Z');
  let app: TestApp;
  let manager: Awaited<ReturnType<TestApp['signIn']>>;

  beforeAll(async () => {
    app = await createTestApp({ clock });
    manager = await app.signIn({ roles: ['manager'] });
  });
  afterAll(() => app?.close());

  /** Sessions end meanwhile. */
  async function to(moment: string): Promise<void> {
    clock.set(moment);
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
    await manager.signIn(manager.user.login, manager.password);
  }
  const follower = () => app.app.get(LineFollower, { strict: false });
  const order = () => makeProject(app.admin, { managerId: manager.user.id });
  async function told({ id }: Project): Promise<SvodkaEvent[]> {
    await follower().sweep();
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=project:${id}&limit=50`,
    );
    return items.filter(({ module }) => module === 'system').reverse();
  }
  const kinds = async (project: Project) =>
    (await told(project)).map(({ type, status, payload }) => [type, status, payload.milestone]);

  it('tells of each deadline in its morning, once however often it is derived, and closes it when it is met', async () => {
    const project = await order();
    await makeEvent(app.admin, {
      type: 'measure.scheduled',
      projectId: project.id,
      payload: { startOn: '2037-12-02' },
    });
    await follower().idle();
    expect(await kinds(project)).toEqual([]);
    clock.advance(3 * HOUR);
    await until(async () => (await kinds(project)).length === 1);
    expect(await kinds(project)).toEqual([['deadline.approaching', 'recorded', 'measure']]);
    await to('2037-12-02T06:30:00Z');
    await until(async () => (await kinds(project)).length === 2);
    await to('2037-12-03T06:30:00Z');
    await until(async () => (await kinds(project)).length === 3);
    for (let i = 0; i < 3; i++) await follower().noteAll();
    expect(await kinds(project)).toEqual([
      ['deadline.approaching', 'resolved', 'measure'],
      ['deadline.due', 'resolved', 'measure'],
      ['deadline.overdue', 'open', 'measure'],
    ]);
    const done = await makeEvent(app.admin, { type: 'measure.done', projectId: project.id });
    const overdue = async () =>
      (await told(project)).find(
        ({ type, payload }) => type === 'deadline.overdue' && payload.milestone === 'measure',
      );
    await until(async () => (await overdue())?.status === 'resolved');
    expect((await overdue())?.resolved?.by).toBeNull();
    // Nobody is called to what is done (N9).
    const unread = async (id: string | undefined) =>
      (await manager.get<{ items: { eventId: string }[] }>('/api/notices?unread=true&limit=100')).items.some(
        ({ eventId }) => eventId === id,
      );
    const { id: overdueId } = (await overdue()) ?? {};
    await until(async () => !(await unread(overdueId)));
    await app.admin.send('DELETE', `/api/events/${done.id}`);
    await until(async () => (await overdue())?.status === 'open');
    expect((await kinds(project)).filter(([, , code]) => code === 'measure')).toHaveLength(3);
  });

  it('goes through the notices: the manager hears of it', async () => {
    const project = await order();
    await makeEvent(app.admin, {
      type: 'measure.scheduled',
      projectId: project.id,
      payload: { startOn: '2037-12-08' },
    });
    await follower().idle();
    await to('2037-12-04T06:30:00Z');
    const [event] = await until(async () => {
      const found = await told(project);
      return found.length > 0 && found;
    });
    expect(event).toMatchObject({ type: 'deadline.approaching', title: 'Замер: срок 08.12.2037' });
    const isUnread = async () =>
      (await manager.get<{ items: { eventId: string }[] }>('/api/notices?unread=true&limit=100')).items.some(
        ({ eventId }) => eventId === event?.id,
      );
    await until(isUnread);
    // Somebody else writes to it just when it is closed.
    const events = app.app.get(EventsRepository, { strict: false });
    const revise = events.revise.bind(events);
    let isCrossed = false;
    const crossing = jest.spyOn(events, 'revise').mockImplementation(async (id, ...rest) => {
      if (id !== event?.id || isCrossed) return revise(id, ...rest);
      isCrossed = true;
      return null;
    });
    // What was near counts as seen once it is done, and is asked for again when it is undone (N9).
    const done = await makeEvent(app.admin, { type: 'measure.done', projectId: project.id });
    await until(async () => !(await isUnread()));
    expect(isCrossed).toBe(true);
    crossing.mockRestore();
    expect(await kinds(project)).toContainEqual(['deadline.approaching', 'resolved', 'measure']);
    await app.admin.send('DELETE', `/api/events/${done.id}`);
    await until(isUnread);
    expect(await kinds(project)).toContainEqual(['deadline.approaching', 'recorded', 'measure']);
  });

  it('leaves in peace what is done, held up, called off, or was due long ago', async () => {
    const project = await order();
    await makeEvent(app.admin, {
      type: 'measure.scheduled',
      projectId: project.id,
      payload: { startOn: '2037-10-05' },
    });
    await follower().idle();
    expect(await kinds(project)).toEqual([]);
    const cancelled = await order();
    await makeEvent(app.admin, {
      type: 'measure.scheduled',
      projectId: cancelled.id,
      payload: { startOn: '2037-12-09' },
    });
    await to('2037-12-07T06:30:00Z');
    await until(async () => (await kinds(cancelled)).length === 1);
    await makeEvent(app.admin, { type: 'order.cancelled', projectId: cancelled.id });
    await to('2037-12-09T07:00:00Z');
    await until(async () => {
      const { line } = await app.admin.get<Project>(`/api/projects/${cancelled.id}`);
      return line.flags.includes('cancelled');
    });
    expect(await kinds(cancelled)).toHaveLength(1);
  });

  it('tells what does not fit together once, closes it when it is settled, and is silent about history', async () => {
    const project = await order();
    const shipped = { type: 'install.done' as const, projectId: project.id };
    const found = async (of: Project) =>
      (await told(of)).filter(({ payload: { wrong, milestone } }) => wrong && milestone === 'install');
    await makeEvent(app.admin, shipped);
    await follower().idle();
    expect(await found(project)).toEqual([]);
    clock.advance(6 * 60_000);
    await until(async () => (await found(project)).length === 1);
    for (let i = 0; i < 2; i++) await follower().noteAll();
    expect(await found(project)).toMatchObject([
      {
        status: 'open',
        title: 'Монтаж: сделано, а отгрузка — нет',
        payload: { wrong: 'without', milestone: 'install', needs: 'ship' },
      },
    ]);
    const { items } = await app.admin.get<{ items: Project[] }>('/api/projects?filter=is:contradiction');
    expect(items.map(({ id }) => id)).toEqual([project.id]);
    const out = await makeEvent(app.admin, { type: 'shipment.out', projectId: project.id });
    await until(async () => (await found(project)).every(({ status }) => status === 'resolved'));
    await app.admin.send('DELETE', `/api/events/${out.id}`);
    await until(async () => (await found(project)).some(({ status }) => status === 'open'));

    const old = await order();
    const occurredAt = new Date(clock.now().getTime() - 60 * 24 * HOUR).toISOString();
    await makeEvent(app.admin, { ...shipped, projectId: old.id, occurredAt });
    await follower().idle();
    clock.advance(6 * 60_000);
    expect(await found(old)).toEqual([]);
  });
});
