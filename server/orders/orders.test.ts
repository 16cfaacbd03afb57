import type { Project } from '@svodka/shared/contracts/directory';
import { newId } from '@svodka/shared/contracts/id';
import type { MilestoneCode } from '@svodka/shared/contracts/order-codes';
import type { Milestone, MilestoneDue, OrderChain } from '@svodka/shared/contracts/orders';
import { workingDayFrom } from '@svodka/shared/rules/orders/working-days';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { FACTS_MOST, factsQuery } from './facts.repository.ts';
import type { ProjectDoc } from './projects/project.schema.ts';
import { dueQuery } from './projects/projects.repository.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

let app: TestApp;
let dispatcher: Person;
let manager: Person;

beforeAll(async () => {
  app = await createTestApp();
  [dispatcher, manager] = await Promise.all([
    app.signIn({ roles: ['dispatcher'] }),
    app.signIn({ roles: ['manager'] }),
  ]);
});
afterAll(() => app?.close());

const chainOf = (client: Client, id: string) => client.get<OrderChain>(`/api/projects/${id}/chain`);
const at = (chain: OrderChain, code: MilestoneCode) => chain.milestones.find((each) => each.code === code);
const order = () => makeProject(dispatcher, { managerId: manager.user.id, amountKop: 10_000_000 });
const prepay = (projectId: string, amountKop = 7_000_000) =>
  makeEvent(dispatcher, { type: 'payment.prepaid', projectId, payload: { amountKop } });

describe('the chain of an order', () => {
  it('follows its events: one that is written, edited, deleted and brought back', async () => {
    const { id } = await order();
    expect(at(await chainOf(manager, id), 'prepay')).toMatchObject({ actualOn: null });
    const event = await prepay(id);
    const paid = await chainOf(manager, id);
    expect(at(paid, 'prepay')).toMatchObject({ state: 'done', actualOn: paid.todayOn });
    expect(paid.money).toMatchObject({ contractKop: 10_000_000, paidKop: 7_000_000, debtKop: 3_000_000 });
    await dispatcher.patch(`/api/events/${event.id}`, { payload: { amountKop: 1 } }, { 'If-Match': '1' });
    expect(at(await chainOf(manager, id), 'prepay')?.actualOn).toBeNull();
    await dispatcher.send('DELETE', `/api/events/${event.id}`);
    expect((await chainOf(manager, id)).money?.paidKop).toBe(0);
    await dispatcher.post(`/api/events/${event.id}/restore`, undefined);
    expect((await chainOf(manager, id)).money?.paidKop).toBe(1);
  });

  it('is of the template that the order was given', async () => {
    const { id, version } = await order();
    await dispatcher.patch(`/api/projects/${id}`, { template: 'dealer' }, { 'If-Match': String(version) });
    const chain = await chainOf(manager, id);
    expect(chain.milestones.filter(({ state }) => state === 'skipped').map(({ code }) => code)).toEqual([
      'measure',
      'install',
      'act',
    ]);
  });

  it('says to each reader what they may know', async () => {
    const { id } = await order();
    await prepay(id);
    const shortage = await makeEvent(dispatcher, {
      type: 'material.shortage',
      projectId: id,
      payload: { material: 'профиль тайный' },
      due: { at: new Date(Date.now() + 60 * 86_400_000).toISOString() },
    });
    const [measurer, finance, outsider] = await Promise.all([
      app.signIn({ roles: ['measurer'] }),
      app.signIn({ roles: ['finance'] }),
      app.signIn({ roles: ['manager'] }),
    ]);
    const own = await chainOf(manager, id);
    expect(at(own, 'install')?.why.at(-1)).toMatchObject({
      kind: 'held',
      fact: { eventId: shortage.id, text: 'профиль тайный' },
    });
    expect((await chainOf(finance, id)).money).toEqual(own.money);
    const strange = await chainOf(measurer, id);
    expect(strange.money).toBeNull();
    expect(JSON.stringify(strange)).not.toMatch(/тайный|Kop/);
    expect(strange.milestones.map(({ state }) => state)).toEqual(own.milestones.map(({ state }) => state));
    expect((await outsider.send('GET', `/api/projects/${id}/chain`)).status).toBe(404);
    const lines = async (client: Client) =>
      (await client.get<{ items: Project[] }>(`/api/projects?ids=${id}`)).items.map(({ line }) => line);
    expect(await lines(outsider)).toEqual([]);
    const states = (milestones: readonly Pick<Milestone, 'code' | 'state'>[] = []) =>
      milestones.map(({ code, state }) => `${code} ${state}`).join();
    const line = await until(async () => {
      const [found] = await lines(manager);
      return states(found?.milestones) === states(own.milestones) && found;
    });
    expect(await lines(measurer)).toEqual([{ ...line, money: null }]);
  });

  it('is read along the index of orders, of which it looks at nothing else, and no further than its bound', async () => {
    const crowded = await order();
    const events = app.connection.collection<EventDoc>('events');
    const model = await prepay(crowded.id);
    const stored = await events.findOne({ _id: model.id });
    if (!stored) throw new Error('no event');
    const { created, ...plain } = stored;
    await events.insertMany(
      Array.from({ length: FACTS_MOST + 50 }, (_, i) => ({
        ...plain,
        _id: newId(),
        type: i % 2 ? ('item.arrived' as const) : ('material.received' as const),
        payload: { count: 1 },
        occurredAt: new Date(stored.occurredAt.getTime() - (i + 1) * 1000),
      })),
    );
    expect((await chainOf(manager, crowded.id)).isWhole).toBe(false);
    const small = await order();
    await prepay(small.id);
    expect((await chainOf(manager, small.id)).isWhole).toBe(true);
    for (const [ids, most] of [
      [[small.id], 1],
      [[crowded.id], FACTS_MOST + 1],
      [[small.id, newId()], 1],
    ] as const) {
      const [filter, options] = factsQuery(ids, FACTS_MOST + 1);
      const { executionStats, queryPlanner } = await events.find(filter, options).explain('executionStats');
      expect(JSON.stringify(queryPlanner)).toContain('by projectId');
      expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(most);
      expect(executionStats.nReturned).toBe(most);
    }
  });

  it('is changed by people, one milestone after the other, each with its reason', async () => {
    const { id } = await order();
    const edit = (body: object) => manager.post<Project>(`/api/projects/${id}/milestones`, body);
    await edit({ code: 'measure', kind: 'skip', reason: 'Размеры прислал заказчик' });
    await edit({ code: 'ship', kind: 'move', on: '2099-03-02', reason: 'Заказчик в отпуске' });
    const chain = await chainOf(manager, id);
    expect(at(chain, 'measure')).toMatchObject({
      state: 'skipped',
      edit: { kind: 'skip', by: manager.user.id, reason: 'Размеры прислал заказчик' },
    });
    expect(at(chain, 'contract')?.needs).toEqual([]);
    expect(at(chain, 'ship')).toMatchObject({ plannedOn: '2099-03-02', promisedOn: null });
    await edit({ code: 'measure', kind: 'undo', reason: 'Передумали' });
    expect(at(await chainOf(manager, id), 'measure')?.state).not.toBe('skipped');
    const wrong = await manager.send('POST', `/api/projects/${id}/milestones`, {
      code: 'ship',
      kind: 'move',
      reason: 'Без дня',
    });
    expect(wrong.status).toBe(400);
    // An installation is moved by an event, where all of them are planned.
    const elsewhere = await manager.send<{ error: { details: object[] } }>(
      'POST',
      `/api/projects/${id}/milestones`,
      { code: 'install', kind: 'move', on: '2099-03-02', reason: 'Заказчик в отпуске' },
    );
    expect(elsewhere.body.error.details).toEqual([
      { field: 'kind', reason: 'moved-by-work', message: expect.any(String) },
    ]);
  });

  it('makes the status, unless somebody has set it and as long as they leave it so', async () => {
    const { id } = await order();
    const status = async (wanted: string) =>
      until(async () => {
        const project = await manager.get<Project>(`/api/projects/${id}`);
        return project.status === wanted && project;
      });
    await makeEvent(dispatcher, { type: 'production.launched', projectId: id });
    await status('production');
    await manager.post(`/api/projects/${id}/status`, { status: 'contract', reason: 'Переделываем договор' });
    await makeEvent(dispatcher, { type: 'shipment.out', projectId: id });
    await until(
      async () => (await manager.get<Project>(`/api/projects/${id}`)).line.status === 'installation',
    );
    expect(await status('contract')).toMatchObject({
      statusOverride: { status: 'contract', reason: 'Переделываем договор', by: manager.user.id },
    });
    await manager.post(`/api/projects/${id}/status`, { status: null, reason: 'Готово' });
    expect(await status('installation')).toMatchObject({ statusOverride: null });
  });
});

describe('the calendar of deadlines', () => {
  type Page = { items: MilestoneDue[]; more: boolean };
  const DAY_MS = 86_400_000;
  const days = (from: number, to: number) =>
    [from, to].map((n) => new Date(Date.now() + n * DAY_MS).toISOString().slice(0, 10)) as [string, string];
  const within = async (client: Client, id: string, [from, to]: [string, string], of = 'all') => {
    const page = await client.get<Page>(`/api/milestones?from=${from}&to=${to}&of=${of}`);
    return page.items.filter(({ projectId }) => projectId === id);
  };
  const move = (client: Client, id: string, body: object) =>
    client.send<Project>('POST', `/api/projects/${id}/milestones`, { kind: 'move', reason: 'ждём', ...body });

  it('tells of what is not done, by its day, to who sees the order; of what is called off nothing', async () => {
    const { id } = await order();
    const outsider = await app.signIn({ roles: ['manager'] });
    const month = days(-3, 50);
    await until(async () => (await within(manager, id, month)).length > 0, { what: 'the line is derived' });
    const chain = await chainOf(manager, id);
    const open = chain.milestones.filter(({ state }) => state !== 'done' && state !== 'skipped');
    const told = await within(manager, id, month);
    expect(Object.fromEntries(told.map(({ code, on }) => [code, on]))).toEqual(
      Object.fromEntries(open.map(({ code, promisedOn, plannedOn }) => [code, promisedOn ?? plannedOn])),
    );
    expect(await within(outsider, id, month)).toEqual([]);
    expect(await within(dispatcher, id, month, 'mine')).toEqual([]);
    expect(await within(manager, id, month, 'mine')).toEqual(told);
    await prepay(id);
    await until(async () => !(await within(manager, id, month)).some(({ code }) => code === 'prepay'), {
      what: 'what is done is due no more',
    });
    await makeEvent(dispatcher, { type: 'order.cancelled', projectId: id });
    await until(async () => (await within(manager, id, month)).length === 0, { what: 'it is called off' });
  });

  it('moves a milestone from where the mover saw it, and says where it is to who was too late', async () => {
    const { id } = await order();
    const month = days(-3, 50);
    const reserve = async () => (await within(manager, id, month)).find(({ code }) => code === 'reserve');
    await until(reserve, { what: 'the line is derived' });
    const before = await reserve();
    const [on, later] = days(20, 27).map((day) => workingDayFrom(day));
    const moved = await move(manager, id, { code: 'reserve', on, seen: before?.plannedOn });
    expect(moved.status).toBe(201);
    const late = await move(dispatcher, id, { code: 'reserve', on: later, seen: before?.plannedOn });
    expect([late.status, late.error?.code]).toEqual([409, 'conflict']);
    await until(async () => (await reserve())?.on === on, { what: 'it stands where it was moved' });
    expect(await reserve()).toMatchObject({ isMoved: true, plannedOn: on });
    expect((await move(dispatcher, id, { code: 'reserve', on: later, seen: on })).status).toBe(201);
  });

  it('reads the orders of its days by their index, and no others', async () => {
    const { id } = await order();
    const [from, to] = days(-3, 50);
    await until(async () => (await within(manager, id, [from, to])).length > 0, {
      what: 'the line is derived',
    });
    const projects = app.connection.collection<ProjectDoc>('projects');
    const scope = [{ $or: [{ managerId: manager.user.id }, { appointedIds: manager.user.id }] }];
    const [filter, options] = dueQuery(from, to, scope, 100);
    const { executionStats, queryPlanner } = await projects.find(filter, options).explain('executionStats');
    expect(JSON.stringify(queryPlanner)).toContain('line.keys.days');
    expect(JSON.stringify(queryPlanner)).not.toContain('SORT');
    const near = await projects.countDocuments(dueQuery(from, to, [], 0)[0] as never);
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(near);
  });

  it('is refused for a period that is none or too long', async () => {
    const ask = ([from, to]: [string, string]) =>
      manager.send('GET', `/api/milestones?from=${from}&to=${to}`).then(({ status }) => status);
    expect(await Promise.all([ask(days(0, 90)), ask(days(3, 1)), ask(days(0, 62))])).toEqual([400, 400, 200]);
  });
});
