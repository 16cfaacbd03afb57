// S16. What came without an order: by what its order is proposed, and to whom.
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderProposal, Proposals } from '@svodka/shared/contracts/ingest';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../../test/support/factories.ts';
import { hintsOf } from './hints.ts';
import { bareNumbersIn, ordersCalledIn, ordersOf } from './order-lists.ts';

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
    ['Оплата по заказу 318', [['318']]],
    ['по договору подряда № П-0042 от 12.03.2025', [['П-0042']]],
    ['Оплата по счету № 318 от 14.03', []],
    ['заказ N 318, счёт 77', [['318']]],
    ['заказы № 449, № 443', [['449', '443']]],
    ['заказам 449 и 443 поровну', [['449', '443']]],
    ['за заказ 449,443.', [['449', '443']]],
    ['заказы П-0042; П-0043 и П-0044', [['П-0042', 'П-0043', 'П-0044']]],
    ['заказ 449/443', [['449/443']]],
    ['заказ 449 от 12.03.2026г., 443 от 13.03.2026', [['449', '443']]],
    ['договор 12, заказ 449, доплата по заказу 443', [['12'], ['449', '443']]],
    ['заказы № 449 (50000 руб.), № 443 (20000 руб.)', [['449', '443']]],
    ['по заказам: №№ 449, 443', [['449', '443']]],
    ['заказ 449, 2 окна', [['449']]],
    // As long as a text may be, and read in no more time than that takes.
    [`заказ ${'а'.repeat(12_000)}`, []],
    [`заказ${' '.repeat(30_000)}!`, []],
    ['заказ 449, НДС 20 %', [['449']]],
    ['заказ 449, 50000 руб.', [['449']]],
  ])('tells what is called an order in «%s»', (text, lists) => {
    expect(ordersCalledIn(text)).toEqual(lists);
  });

  it.each([
    ['заказ 449 20000р, 443 остальное', ['449', '443']],
    ['от 12.03.2026, НДС 20% - 8333-33, кв. 12, П-7, 1/2, 184300,00', []],
  ])('finds the bare numbers of «%s»', (text, numbers) => {
    expect(bareNumbersIn(text)).toEqual(numbers);
  });

  it('takes a number with a stroke for two orders only where both are there and it is none', () => {
    const known = (...numbers: string[]) => new Map(numbers.map((number) => [number, number]));
    expect(ordersOf(['449/443'], known('449', '443'))).toEqual(['449', '443']);
    expect(ordersOf(['449/443'], known('449', '443', '449/443'))).toEqual(['449/443']);
    expect(ordersOf(['12/2026'], known('12'))).toEqual([]);
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

  it('may go to an order without a look where one alone is meant, and money only to the payer’s own', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7707083893' });
    const other = await makeCounterparty(app.admin, {});
    const own = await makeProject(app.admin, { number: '70449', counterpartyId: customer.id });
    await makeProject(app.admin, { number: '70443', counterpartyId: customer.id });
    const foreign = await makeProject(app.admin, { number: '70450', counterpartyId: other.id });
    const pay = (body: string, more: Partial<EventCreateInput> = {}) =>
      makeEvent(app.admin, {
        type: 'payment.received',
        title: 'Оплата',
        body,
        payload: { amountKop: 5_000_000, fields: { ИНН: '7707083893' } },
        ...more,
      });
    const cases = [
      [await pay('по заказу 70449'), own.id],
      [await pay('по заказам 70449 и 70443'), null],
      [await pay('по заказу 70449 20000р, 70443 остальное'), null],
      [await pay('по заказу 70450'), null],
      [await pay('Оплата окон'), null],
      [await pay('заказ 70450', { payload: { amountKop: 5_000_000 } }), null],
      [await pay('заказ 70450', { title: `Оплата от ${other.name}`, payload: { amountKop: 1 } }), null],
      [await makeEvent(app.admin, { type: 'call.in', title: 'Про заказ 70450' }), foreign.id],
      [await makeEvent(app.admin, { type: 'call.in', title: 'Про заказы 70450 и 70443' }), null],
      [
        await makeEvent(app.admin, { type: 'call.in', title: 'Звонок', counterpartyIds: [other.id] }),
        foreign.id,
      ],
      [
        await makeEvent(app.admin, { type: 'call.in', title: 'Звонок', counterpartyIds: [customer.id] }),
        null,
      ],
      [
        await makeEvent(app.admin, { type: 'call.in', title: '№ 70450', counterpartyIds: [customer.id] }),
        null,
      ],
    ] as const;
    const of = async (...events: SvodkaEvent[]) => {
      const ids = events.map(({ id }) => id).join(',');
      return (await app.admin.get<{ items: Proposals[] }>(`/api/proposals?ids=${ids}`)).items;
    };
    const items = await of(...cases.map(([event]) => event));
    expect(items.map((item) => item.sure)).toEqual(cases.map(([, id]) => id));
    // One that the order has already is the same money, perhaps.
    const finance = await app.signIn({ roles: ['finance'] });
    const written = await makeEvent(finance, {
      type: 'payment.prepaid',
      title: 'Предоплата',
      projectId: own.id,
      payload: { amountKop: 5_000_000 },
    });
    expect(await of(cases[0][0])).toMatchObject([
      { sure: null, same: { eventId: written.id, type: 'payment.prepaid', by: finance.user.name } },
    ]);
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
