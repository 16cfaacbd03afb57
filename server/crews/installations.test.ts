import type { Crew, Installation, InstallationsPage, WorkMove } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { ChainMove } from '@svodka/shared/contracts/orders';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { plannedQuery } from './planned.repository.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

let app: TestApp;
let dispatcher: Person;
let manager: Person;
let outsider: Person;
let measurer: Person;
let crews: [Crew, Crew];

beforeAll(async () => {
  app = await createTestApp();
  [dispatcher, manager, outsider, measurer] = await Promise.all([
    app.signIn({ roles: ['dispatcher'] }),
    app.signIn({ roles: ['manager'] }),
    app.signIn({ roles: ['manager'] }),
    app.signIn({ roles: ['measurer'] }),
  ]);
  const crew = () => dispatcher.post<Crew>('/api/crews', { name: `Бригада ${nextSerial()}` });
  crews = [await crew(), await crew()];
});
afterAll(() => app?.close());

/** A week of its own for each test, with room around it. */
let week = 0;
const weekOf = (number: number) => {
  const day = (i: number) => new Date(Date.UTC(2027, 0, 4 + number * 28 + i)).toISOString().slice(0, 10);
  return { from: day(0), to: day(6), day };
};
const nextWeek = () => weekOf(week++);

async function planned(startOn: string, crew: string | null = crews[0].id, payload = {}) {
  const project = await makeProject(dispatcher, { managerId: manager.user.id });
  const event = await makeEvent(dispatcher, {
    type: 'work.planned',
    projectId: project.id,
    payload: { startOn, ...(crew && { crew }), ...payload },
  });
  return { project, event };
}
const list = (client: Client, { from, to }: { from: string; to: string }, projects?: string) =>
  client.get<InstallationsPage>(
    `/api/installations?from=${from}&to=${to}${projects ? `&projects=${projects}` : ''}`,
  );
const seenOf = ({ plannedBy, startOn, finishOn, crew }: Installation): WorkMove['seen'] =>
  plannedBy && { eventId: plannedBy.eventId, startOn, finishOn, crew };
const move = (client: Client, project: Project, seen: WorkMove['seen'], startOn: string, more = {}) =>
  client.send<{ event: SvodkaEvent }>('POST', `/api/projects/${project.id}/work`, {
    seen,
    startOn,
    finishOn: startOn,
    crew: crews[0].id,
    reason: 'клиент просит',
    ...more,
  });

describe('the calendar of installations', () => {
  it('shows what is planned or promised in a period, where the latest fact has it, and nothing else', async () => {
    const { from, to, day } = nextWeek();
    const { project } = await planned(day(1), crews[0].name.toLowerCase());
    await planned(day(9));
    const promised = await makeProject(dispatcher);
    await makeEvent(dispatcher, {
      type: 'install.confirmed',
      projectId: promised.id,
      payload: { startOn: day(3) },
    });
    const moved = await planned(day(2));
    await makeEvent(dispatcher, {
      type: 'work.rescheduled',
      projectId: moved.project.id,
      payload: { startOn: day(21) },
    });
    const long = await planned(day(-3), crews[1].id, { finishOn: day(0) });
    const page = await list(dispatcher, { from, to });
    expect(page.items.map(({ projectId }) => projectId).sort()).toEqual(
      [project.id, promised.id, long.project.id].sort(),
    );
    const of = ({ id }: Project) => page.items.find(({ projectId }) => projectId === id);
    expect(of(project)).toMatchObject({
      startOn: day(1),
      finishOn: day(1),
      isPlanned: true,
      state: 'planned',
      goods: { done: 0, isReady: false },
      plannedBy: { userId: dispatcher.user.id },
    });
    expect(of(promised)).toMatchObject({ isPlanned: false, promisedOn: day(3), crew: null, plannedBy: null });
  });

  it('tells whoever does not see an order that a place is taken, and nothing of whose', async () => {
    const { from, to, day } = nextWeek();
    const { project } = await planned(day(1));
    const page = await list(outsider, { from, to });
    expect(page).toMatchObject({ items: [], busy: [{ startOn: day(1), crew: crews[0].id }] });
    expect(JSON.stringify(page)).not.toContain(project.id);
    expect(JSON.stringify(page)).not.toContain(project.number);
    expect((await list(outsider, { from, to }, project.id)).busy).toEqual([]);
    // Who may only look is not told which event planned it.
    expect((await list(measurer, { from, to })).items).toMatchObject([{ plannedBy: null }]);
  });

  it('moves an installation by an event with a reason, and takes it back by the deletion of that event', async () => {
    const { from, to, day } = nextWeek();
    const { project } = await planned(day(1));
    const [before] = (await list(manager, { from, to })).items;
    const answer = await move(manager, project, seenOf(before as Installation), day(2), {
      crew: crews[1].id,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        event: {
          type: 'work.rescheduled',
          payload: { startOn: day(2), crew: crews[1].id, reason: 'клиент просит' },
        },
      },
    });
    expect(answer.body.event.title).toContain(crews[1].name);
    expect((await list(manager, { from, to })).items).toMatchObject([{ startOn: day(2), crew: crews[1].id }]);
    await manager.send('DELETE', `/api/events/${answer.body.event.id}`);
    expect((await list(manager, { from, to })).items).toMatchObject([{ startOn: day(1), crew: crews[0].id }]);
    // The same may be moved again: what was taken back does not stand in the way.
    const [again] = (await list(manager, { from, to })).items;
    expect((await move(manager, project, seenOf(again as Installation), day(4))).status).toBe(201);
    expect((await list(manager, { from, to })).items).toMatchObject([{ startOn: day(4) }]);
  });

  it('lets one of several who move it at once win, and shows the others where it is', async () => {
    const { from, to, day } = nextWeek();
    const { project } = await planned(day(0));
    const [before] = (await list(manager, { from, to })).items;
    const seen = seenOf(before as Installation);
    const people = [manager, dispatcher, manager, dispatcher, dispatcher];
    const answers = await Promise.all(people.map((person, i) => move(person, project, seen, day(i + 1))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const winner = answers.findIndex(({ status }) => status === 201);
    for (const { status, error } of answers)
      if (status === 409)
        expect(error).toMatchObject({
          code: 'conflict',
          current: { startOn: day(winner + 1), plannedBy: { userId: people[winner]?.user.id } },
        });
    expect((await list(manager, { from, to })).items).toMatchObject([{ startOn: day(winner + 1) }]);
  });

  it('notices that what was seen has been edited meanwhile', async () => {
    const { from, to, day } = nextWeek();
    const { project, event } = await planned(day(0));
    const [before] = (await list(manager, { from, to })).items;
    await dispatcher.patch(
      `/api/events/${event.id}`,
      { payload: { startOn: day(3), crew: crews[0].id } },
      { 'If-Match': '1' },
    );
    expect((await move(manager, project, seenOf(before as Installation), day(1))).status).toBe(409);
  });

  it('plans what nobody has planned yet, once', async () => {
    const { from, to, day } = nextWeek();
    const project = await makeProject(dispatcher, { managerId: manager.user.id });
    const answers = await Promise.all([1, 2].map((i) => move(manager, project, null, day(i))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await list(manager, { from, to })).items).toHaveLength(1);
  });

  it('asks for no reason where no day was named before, and for one wherever a day was', async () => {
    const { from, to, day } = nextWeek();
    const order = () => makeProject(dispatcher, { managerId: manager.user.id });
    const isFirst = async (project: Project, startOn: string) =>
      (
        await manager.get<{ isFirst: boolean }>(
          `/api/projects/${project.id}/work/preview?startOn=${startOn}&finishOn=${startOn}`,
        )
      ).isFirst;
    const to1 = async (project: Project, startOn: string, seen: WorkMove['seen'] = null) => {
      const told = await isFirst(project, startOn);
      const { status, error, body } = await move(manager, project, seen, startOn, { reason: undefined });
      expect(status).toBe(told ? 201 : 400);
      if (!told) expect(error?.details).toMatchObject([{ field: 'reason', reason: 'required' }]);
      return { told, event: told ? body.event : null };
    };
    const seenNow = async ({ id }: Project) =>
      seenOf((await list(manager, { from, to }, id)).items[0] as Installation);

    const fresh = await order();
    const first = await to1(fresh, day(1));
    expect(first).toMatchObject({ told: true, event: { type: 'work.planned' } });
    expect(first.event?.payload).not.toHaveProperty('reason');
    expect((await to1(fresh, day(2), await seenNow(fresh))).told).toBe(false);
    // Taken back: nothing was planned.
    await manager.delete(`/api/events/${first.event?.id}`);
    expect((await to1(fresh, day(3))).told).toBe(true);

    // As the customer was told it is no move; on another day it is one.
    const promised = await order();
    await makeEvent(dispatcher, {
      type: 'install.confirmed',
      projectId: promised.id,
      payload: { startOn: day(4) },
    });
    expect((await to1(promised, day(5))).told).toBe(false);
    expect((await to1(promised, day(4))).told).toBe(true);

    // What stood on a day that was taken away stands on none, but had one.
    const { project: off } = await planned(day(5));
    await makeEvent(dispatcher, { type: 'work.rescheduled', projectId: off.id });
    expect(await isFirst(off, day(6))).toBe(false);
    expect(await isFirst(off, day(5))).toBe(false);
  });

  it.each([
    [{ crew: newId() }, 'crew', 'unknown-crew'],
    [{ crew: null }, 'crew', 'crew-needed'],
    [{ reason: ' ' }, 'reason', undefined],
    [{ finishOn: '2026-01-01' }, 'finishOn', 'ends-before'],
    [{ stage: 0 }, 'stage', undefined],
  ])('refuses %j', async (wrong, field, reason) => {
    const { from, to, day } = nextWeek();
    const { project } = await planned(day(0));
    const [before] = (await list(manager, { from, to })).items;
    const { status, error } = await move(manager, project, seenOf(before as Installation), day(1), wrong);
    expect({ status, field: error?.details?.[0]?.field }).toEqual({ status: 400, field });
    if (reason) expect(error?.details?.[0]?.reason).toBe(reason);
  });

  it('refuses a period that is none, or longer than a calendar', async () => {
    for (const [from, to] of [
      ['2027-01-10', '2027-01-01'],
      ['2027-01-01', '2027-12-31'],
    ])
      expect((await dispatcher.send('GET', `/api/installations?from=${from}&to=${to}`)).status).toBe(400);
  });

  it('says beforehand what a move would move', async () => {
    const { day } = nextWeek();
    const { project } = await planned(day(0));
    const preview = (startOn: string) =>
      manager.get<{ moves: ChainMove[] }>(
        `/api/projects/${project.id}/work/preview?startOn=${startOn}&finishOn=${startOn}`,
      );
    expect((await preview(day(7))).moves.map(({ code }) => code)).toEqual(['install', 'act', 'payment']);
    expect((await preview(day(0))).moves).toEqual([]);
  });

  it('keeps the stages of an order apart', async () => {
    const { from, to, day } = nextWeek();
    const project = await makeProject(dispatcher, { template: 'facade', managerId: manager.user.id });
    for (const stage of [1, 2])
      await makeEvent(dispatcher, {
        type: 'stage.assigned',
        projectId: project.id,
        payload: { startOn: day(stage), crew: crews[0].id, stage },
      });
    const second = (await list(manager, { from, to })).items.find(({ stage }) => stage === 2);
    await move(manager, project, seenOf(second as Installation), day(4), { stage: 2 });
    expect((await list(manager, { from, to })).items).toMatchObject([
      { stage: 1, stages: 2, startOn: day(1) },
      { stage: 2, stages: 2, startOn: day(4) },
    ]);
  });

  it('tells everybody: by id who sees the order, the others that something is taken otherwise', async () => {
    const { day } = nextWeek();
    const sockets = await Promise.all([manager, outsider, measurer].map((who) => TestSocket.connect(who)));
    const { project } = await planned(day(1));
    const [own, strange, staff] = sockets as [TestSocket, TestSocket, TestSocket];
    const told = (socket: TestSocket) =>
      socket.facts.flatMap(({ name, value }) => (name === 'work.changed' ? [value] : []));
    for (const socket of [own, staff])
      await until(() => told(socket).some(({ projectIds }) => projectIds.includes(project.id)));
    await until(() => told(strange).some(({ others }) => others));
    expect(told(strange).flatMap(({ projectIds }) => projectIds)).toEqual([]);
    for (const socket of sockets) socket.raw.disconnect();
  });

  it('reads no more of the events than what names a day about the period', async () => {
    const { from, to, day } = nextWeek();
    await planned(day(1));
    const events = app.connection.collection<EventDoc>('events');
    const [filter, options] = plannedQuery(from, to, 100);
    const { executionStats, queryPlanner } = await events.find(filter, options).explain('executionStats');
    expect(JSON.stringify(queryPlanner)).toContain('planned day');
    const near = await events.countDocuments({
      'payload.startOn': { $gte: weekOf(week - 4).from, $lte: to },
    } as never);
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(near);
  });
});
