// What came without an order: by what its order is proposed, and to whom.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderProposal } from '@svodka/shared/contracts/ingest';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../../test/support/factories.ts';
import { hintsOf, ordersCalledIn } from './hints.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const proposed = async (client: Client, ...events: SvodkaEvent[]): Promise<OrderProposal[][]> => {
  const ids = events.map(({ id }) => id).join(',');
  const { items } = await client.get<{ items: { eventId: string; orders: OrderProposal[] }[] }>(
    `/api/proposals?ids=${ids}`,
  );
  return items.map(({ orders }) => orders);
};

describe(hintsOf.name, () => {
  const of = (title: string, payload = {}) => hintsOf({ title, body: '', payload });

  it.each([
    ['Оплата по счёту № 318 от 14.03', ['318']],
    ['заказ 2025-0318, договор П-0042.', ['2025-0318', 'П-0042']],
    ['Предоплата 184 300 ₽ за окна', []],
    ['Оплата по договору N 318 и заказу No 319', ['318', '319']],
    ['Звонок с 8 (916) 555-01-01', []],
  ])('reads the numbers of «%s»', (title, numbers) => {
    expect(of(title).numbers).toEqual(numbers);
  });

  it.each([
    ['Оплата по заказу 318', ['318']],
    ['по договору подряда № П-0042 от 12.03.2025', ['П-0042']],
    ['Оплата по счету № 318 от 14.03', []],
    ['заказ N 318, счёт 77', ['318']],
  ])('tells what is called an order in «%s»', (text, numbers) => {
    expect([...ordersCalledIn(text)]).toEqual(numbers);
  });

  it('reads phones, tax numbers and places', () => {
    const hints = of('ИНН 7701234560, ул. Лесная, 14, тел. +7 916 555-01-01', { from: '89161112233' });
    expect(hints).toMatchObject({
      inns: ['7701234560'],
      phones: ['9161112233', '9165550101'],
      places: [['лесная', '14']],
    });
    expect(of('ИНН 7701234567').inns).toEqual([]);
  });
});

describe('an event without an order', () => {
  it('is offered orders by number, tax number, phone, address and counterparty, the surest first', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7701234560', phones: ['+79165550101'] });
    const place = { counterpartyId: customer.id, objectAddress: 'Москва, ул. Лесная, 14' };
    const order = await makeProject(app.admin, place);
    const other = await makeProject(app.admin, { objectAddress: 'Тверь, Садовая, 3' });
    const events = [
      await makeEvent(app.admin, { type: 'call.in', title: `Про заказ № ${order.number}` }),
      await makeEvent(app.admin, { type: 'call.in', title: 'Оплата от ИНН 7701234560' }),
      await makeEvent(app.admin, { type: 'note.free', title: 'Звонили с 89165550101' }),
      await makeEvent(app.admin, { type: 'note.free', title: 'Замер: Лесная, 14, третий этаж' }),
      await makeEvent(app.admin, {
        type: 'note.free',
        title: 'Просили счёт',
        counterpartyIds: [customer.id],
      }),
      await makeEvent(app.admin, { type: 'note.free', title: `№ ${other.number} и ИНН 7701234560` }),
      await makeEvent(app.admin, { type: 'note.free', title: 'Совсем ни о чём' }),
      await makeEvent(app.admin, { type: 'call.in', title: `Оплата от ${customer.name}` }),
    ];
    const orders = await proposed(app.admin, ...events);
    expect(orders.map(([first]) => first)).toEqual([
      { projectId: order.id, by: 'number' },
      { projectId: order.id, by: 'inn' },
      { projectId: order.id, by: 'phone' },
      { projectId: order.id, by: 'address' },
      { projectId: order.id, by: 'counterparty' },
      { projectId: other.id, by: 'number' },
      undefined,
      { projectId: order.id, by: 'counterparty' },
    ]);
    expect(orders[5]?.[1]).toEqual({ projectId: order.id, by: 'inn' });
  });

  it('tells nobody of orders and cards that are not theirs to see', async () => {
    const [measurer, manager, other] = [
      await app.signIn({ roles: ['measurer'] }),
      await app.signIn({ roles: ['manager'] }),
      await app.signIn({ roles: ['manager'] }),
    ];
    const customer = await makeCounterparty(app.admin, {
      phones: ['+79167770707'],
      managerId: manager.user.id,
    });
    const order = await makeProject(app.admin, { counterpartyId: customer.id, managerId: manager.user.id });
    const payload = { from: '89167770707' };
    const write = (by: Client) => makeEvent(by, { type: 'note.free', title: 'Звонил 89167770707' });
    expect(await proposed(measurer, await write(measurer))).toEqual([[]]);
    expect(await proposed(other, await write(other))).toEqual([[]]);
    expect(await proposed(manager, await write(manager))).toEqual([[{ projectId: order.id, by: 'phone' }]]);
    const hidden = await makeEvent(app.admin, { type: 'call.in', title: 'Звонок', payload });
    expect(await proposed(measurer, hidden)).toEqual([]);
  });

  it('has no more to be offered once it is linked', async () => {
    const order = await makeProject(app.admin, {});
    const event = await makeEvent(app.admin, { title: `№ ${order.number}` });
    await app.admin.patch(`/api/events/${event.id}`, { projectId: order.id }, { 'If-Match': '1' });
    expect(await proposed(app.admin, event)).toEqual([]);
  });
});
