import { newId } from '@svodka/shared/contracts/id';
import type { ChainRow, MilestoneCode, OrderChain } from '@svodka/shared/contracts/orders';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { FACTS_MOST } from './chains.service.ts';
import { factsQuery } from './facts.repository.ts';

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
    expect(paid.money).toEqual({ contractKop: 10_000_000, paidKop: 7_000_000, debtKop: 3_000_000 });
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
    const ids = [id, newId()].join();
    const rows = (client: Client) => client.get<{ items: ChainRow[] }>(`/api/chains?ids=${ids}`);
    expect((await rows(outsider)).items).toEqual([]);
    expect((await rows(measurer)).items).toMatchObject([
      { projectId: id, cells: own.milestones.map(({ code, state }) => ({ code, state })) },
    ]);
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
});
