// An order at a moment is what its page said then, whatever has been written, changed and deleted since.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';

// Still to come: the store forgets sessions by its own clock.
const clock = new FakeClock('2037-11-24T09:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ clock });
}, 60_000);
afterAll(() => app?.close());

const chainAt = (id: string, at?: Date) =>
  app.admin.get<OrderChain>(`/api/projects/${id}/chain${at ? `?at=${at.toISOString()}` : ''}`);
/** Without the versions of the events, which go on rising. */
const told = ({ milestones, goods, money, flags, contradictions }: OrderChain) => ({
  milestones,
  goods,
  money,
  flags,
  contradictions,
});

const seed = Date.now() % 100_000;
it(`is the chain that was told at that moment (seed ${seed})`, async () => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const order = await makeProject(app.admin, { amountKop: 10_000_000 });
  const other = await makeProject(app.admin);
  const states = [{ at: clock.now(), chain: await chainAt(order.id) }];
  const events: string[] = [];
  const write = async () => {
    const day = `2037-12-${10 + Math.floor(random() * 15)}`;
    const drafts = [
      { type: 'contract.signed', payload: { amountKop: 10_000_000 } },
      { type: 'payment.prepaid', payload: { amountKop: 7_000_000 } },
      { type: 'production.launched' },
      { type: 'item.arrived', payload: { count: 2, ready: 2, total: 6 } },
      { type: 'install.confirmed', payload: { startOn: day } },
      { type: 'material.shortage', payload: { material: 'профиль' }, due: { local: day } },
      { type: 'measure.done', due: { local: day } },
    ] as const;
    events.push((await makeEvent(app.admin, { ...pick(drafts), projectId: order.id })).id);
  };
  const change = async () => {
    const id = pick(events);
    const path = `/api/events/${id}`;
    const { event } = await app.admin.get<{ event: SvodkaEvent }>(path);
    const edits = [
      { occurredAt: new Date(clock.now().getTime() - 86_400_000).toISOString() },
      { due: pick([null, { local: '2037-12-20' }]) },
      { projectId: pick([order.id, other.id]) },
    ];
    const acts = [
      () => app.admin.patch(path, pick(edits), { 'If-Match': `"${event.rev}"` }),
      () => app.admin.post(`${path}/${pick(['resolve', 'reopen', 'open', 'record'])}`),
      () => app.admin.delete(path),
    ];
    await pick(acts)();
  };
  for (let step = 0; step < 26; step++) {
    clock.advance(60_000 + Math.floor(random() * 3 * 3_600_000));
    await (events.length === 0 || random() < 0.5 ? write() : change().catch(() => undefined));
    clock.advance(1_000);
    states.push({ at: clock.now(), chain: await chainAt(order.id) });
  }
  clock.advance(1_000);
  // What another order has by now is not told of this one, and of what is deleted by now no words.
  for (const id of events) {
    const path = `/api/events/${id}`;
    if ((await app.admin.send('GET', path)).status === 404) await app.admin.post(`${path}/restore`);
    const { event } = await app.admin.get<{ event: SvodkaEvent }>(path);
    if (event.projectId === order.id) continue;
    await app.admin.patch(path, { projectId: order.id }, { 'If-Match': `"${event.rev}"` });
  }
  for (const [step, { at, chain }] of states.entries())
    expect([seed, step, told(await chainAt(order.id, at))]).toEqual([seed, step, told(chain)]);
  expect(await chainAt(order.id, clock.now())).toEqual(await chainAt(order.id));
}, 120_000);

it('is nothing before the order was there, nor in the future', async () => {
  const { id } = await makeProject(app.admin);
  const ask = (ms: number) =>
    app.admin.send<{ error: { details: { reason: string }[] } }>(
      'GET',
      `/api/projects/${id}/chain?at=${new Date(clock.now().getTime() + ms).toISOString()}`,
    );
  const reasons = await Promise.all([ask(-3_600_000), ask(3_600_000)]);
  expect(reasons.map(({ status, body }) => [status, body.error.details[0]?.reason])).toEqual([
    [400, 'unborn'],
    [400, 'in-future'],
  ]);
});
