import type { Page } from '@svodka/shared/contracts/common';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { PartyMoney } from '@svodka/shared/contracts/orders';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { MembershipRewriter } from '../events/membership-rewriter.service.ts';
import { PartyMoneyService } from './party-money.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

describe(PartyMoneyService, () => {
  let app: TestApp;
  let vera: Person;
  let oleg: Person;
  beforeAll(async () => {
    app = await createTestApp();
    [vera, oleg] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['manager'] })];
  }, 60_000);
  afterAll(() => app?.close());

  const moneyOf = (id: string, who: Client = app.admin) =>
    who.get<PartyMoney>(`/api/counterparties/${id}/money`);
  const moneyWhen = (id: string, is: (money: PartyMoney['money']) => boolean) =>
    until(async () => {
      const answer = await moneyOf(id);
      return is(answer.money) ? answer : null;
    });
  const pay = (
    amountKop: number,
    of: { projectId?: string; counterpartyIds?: string[] },
    type = 'received',
  ) => makeEvent(app.admin, { type: `payment.${type}` as never, payload: { amountKop }, ...of });

  it('adds up the orders and what names none, whoever asks as far as they see', async () => {
    const customer = await makeCounterparty(app.admin, { managerId: vera.user.id });
    const order = (managerId: string, amountKop: number) =>
      makeProject(app.admin, { counterpartyId: customer.id, managerId, amountKop });
    const [hers, his] = [await order(vera.user.id, 10_000_000), await order(oleg.user.id, 5_000_000)];
    await pay(7_000_000, { projectId: hers.id }, 'prepaid');
    await pay(500_000, { projectId: hers.id }, 'refunded');
    await pay(1_000_000, { projectId: his.id });
    const loose = await pay(2_000_000, { counterpartyIds: [customer.id] });
    await pay(300_000, { counterpartyIds: [(await makeCounterparty(app.admin)).id] });
    const all = await moneyWhen(customer.id, (money) => money?.paidKop === 9_500_000);
    expect(all).toEqual({
      money: {
        contractKop: 15_000_000,
        paidKop: 9_500_000,
        refundedKop: 500_000,
        debtKop: 5_500_000,
        overdueKop: 0,
        looseKop: 2_000_000,
      },
      orders: 2,
      isWhole: true,
    });
    expect(await moneyOf(customer.id, vera)).toMatchObject({
      money: { contractKop: 10_000_000, paidKop: 8_500_000, looseKop: 2_000_000 },
      orders: 1,
    });
    // Not his customer: what names no order is not for him.
    expect(await moneyOf(customer.id, oleg)).toMatchObject({
      money: { contractKop: 5_000_000, paidKop: 1_000_000, looseKop: 0 },
      orders: 1,
    });
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect(await moneyOf(customer.id, measurer)).toEqual({ money: null, orders: 0, isWhole: true });

    // What the figure opens is what it is made of.
    const types = 'type:payment.prepaid,payment.received,payment.final,payment.refunded';
    const filter = encodeURIComponent(`counterparty:${customer.id} ${types}`);
    const { items } = await app.admin.get<Page<SvodkaEvent>>(`/api/events?limit=200&filter=${filter}`);
    const sum = items.reduce(
      (kop, { type, payload }) => kop + (type === 'payment.refunded' ? -1 : 1) * Number(payload.amountKop),
      0,
    );
    expect(sum).toBe(all.money?.paidKop);

    // Linked to an order, the payment counts the same.
    await app.admin.send('PATCH', `/api/events/${loose.id}`, { projectId: his.id }, { 'If-Match': '1' });
    await moneyWhen(customer.id, (money) => money?.looseKop === 0 && money.paidKop === 9_500_000);
  });

  it('owes for what was called off no more, and follows a merge', async () => {
    const [into, from] = [await makeCounterparty(app.admin), await makeCounterparty(app.admin)];
    const order = await makeProject(app.admin, { counterpartyId: from.id, amountKop: 1_000_000 });
    await pay(400_000, { projectId: order.id });
    await makeEvent(app.admin, { type: 'order.cancelled', projectId: order.id });
    await moneyWhen(from.id, (money) => money?.contractKop === 0 && money.paidKop === 400_000);
    const card = (id: string) => app.admin.get<Counterparty>(`/api/counterparties/${id}`);
    await app.admin.post(`/api/counterparties/${into.id}/merge`, {
      from: from.id,
      versions: { into: (await card(into.id)).version, from: (await card(from.id)).version },
    });
    await app.app.get(MembershipRewriter, { strict: false }).run();
    expect((await moneyOf(into.id)).money?.debtKop).toBe(-400_000);
    expect(await moneyOf(from.id)).toEqual(await moneyOf(into.id));
  });
});
