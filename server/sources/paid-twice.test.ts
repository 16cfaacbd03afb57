// S12, S15. One money, told by a bank's file and by a table that says how much there is in all: it counts once, whoever comes first.
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Proposals } from '@svodka/shared/contracts/ingest';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import type { PaymentsAnswer } from '@svodka/shared/contracts/payments';
import type { Table, TableAnswer } from '@svodka/shared/contracts/tables';
import { DateTime } from 'luxon';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { bankDocument, bankFile } from '../../test/support/bank.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';

let app: TestApp;
const clock = new FakeClock();
beforeAll(async () => {
  app = await createTestApp({ clock });
});
afterAll(() => app?.close());

const FILE = { 'Content-Type': 'application/octet-stream' };
const DAY_MS = 86_400_000;
const INN = '7704217370';
/** So many days before today. */
const ago = (days: number) =>
  DateTime.fromJSDate(clock.now(), { zone: 'Europe/Moscow' }).minus({ days }).toFormat('dd.MM.yyyy');

const takeBank = (documents: string[], dry = false) =>
  app.admin.post<PaymentsAnswer>(
    `/api/sources/payments?fileName=a.txt${dry ? '&dry=true' : ''}`,
    bankFile(documents),
    FILE,
  );
const paidBy = (order: Project, sum: string, days: number, more: Record<string, string> = {}) =>
  bankDocument({
    Номер: String(nextSerial()),
    Сумма: sum,
    Дата: ago(days),
    ДатаПоступило: ago(days),
    ПлательщикИНН: INN,
    НазначениеПлатежа: `Оплата по заказу ${order.number}`,
    ...more,
  });
/** The dry answer says what the other then does. */
async function bank(...documents: string[]): Promise<PaymentsAnswer> {
  const foreseen = await takeBank(documents, true);
  const taken = await takeBank(documents);
  expect(taken).toEqual(foreseen);
  return taken;
}

type Row = { number: string; paid: string; sum?: string };
const dumpOf = (rows: Row[]) =>
  [
    'Номер заказа;Сумма;Оплачено',
    ...rows.map(({ number, paid, sum = '' }) => `${number};${sum};${paid}`),
    '',
  ].join('\n');
const send = (table: Table, rows: Row[], dry = false) =>
  app.admin.post<TableAnswer>(
    `/api/tables/${table.id}/dumps?fileName=a.csv${dry ? '&dry=true' : ''}`,
    dumpOf(rows),
    FILE,
  );
const makeTable = () =>
  app.admin.post<Table>('/api/tables', {
    name: `Заказы ${nextSerial()}`,
    mapping: { kind: 'orders', key: 'Номер заказа', columns: { Сумма: 'amount', Оплачено: 'paid' } },
  });
/** What a dump says of the one order; the dry answer said the same, and once more it says nothing. */
async function dump(table: Table, row: Row): Promise<TableAnswer> {
  const foreseen = await send(table, [row], true);
  const taken = await send(table, [row]);
  expect(taken.changes).toEqual(foreseen.changes);
  expect((await send(table, [row])).changes).toEqual([]);
  return taken;
}

/** What is kept of a table, to be put back as it was. */
async function stored({ id }: Table) {
  const { db } = app.connection;
  const read = async (name: string) => (await db?.collection(name).find({}).toArray()) ?? [];
  const names = ['tableDumps.files', 'tableDumps.chunks'];
  const kept = await Promise.all(names.map(read));
  const doc = await db?.collection('tables').findOne({ _id: id as never });
  return {
    async restore() {
      for (const [i, name] of names.entries()) {
        await db?.collection(name).deleteMany({});
        await db?.collection(name).insertMany(kept[i] ?? []);
      }
      await db?.collection('tables').replaceOne({ _id: id as never }, doc ?? {});
    },
  };
}

const paidOf = async ({ id }: Project) =>
  (await app.admin.get<OrderChain>(`/api/projects/${id}/chain`)).money?.paidKop;
async function eventsOf(filter: string): Promise<SvodkaEvent[]> {
  const path = `/api/events?filter=${encodeURIComponent(filter)}&limit=200`;
  return (await app.admin.get<{ items: SvodkaEvent[] }>(path)).items;
}
const matchesOf = ({ items }: PaymentsAnswer) => items.map(({ match }) => match);

async function fiveDaysPass() {
  clock.advance(5 * DAY_MS);
  await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
}

let customerId = '';
beforeAll(async () => {
  customerId = (await makeCounterparty(app.admin, { inn: INN })).id;
});
const makeOrder = (amountKop = 16_000_000) =>
  makeProject(app.admin, { number: `О-${nextSerial()}`, counterpartyId: customerId, amountKop });

describe('what a bank has told', () => {
  it('a table does not tell again, and of what is more only that', async () => {
    const order = await makeOrder();
    const { number } = order;
    const table = await makeTable();
    await dump(table, { number, paid: '0' });
    expect(matchesOf(await bank(paidBy(order, '75625.25', 2)))).toEqual(['payer']);
    const [same, events] = [
      await dump(table, { number, paid: '75 625,25' }),
      await eventsOf(`заказ:${order.id}`),
    ];
    expect([same.changes, same.counts.events]).toMatchObject([
      [{ kind: 'paid', from: 0, to: 7_562_525, knownKop: 7_562_525, type: null, title: '' }],
      0,
    ]);
    expect(events.map(({ payload }) => payload.amountKop)).toEqual([7_562_525]);
    expect(await paidOf(order)).toBe(7_562_525);
    expect((await bank(paidBy(order, '10000', 1))).counts.created).toBe(1);
    const more = await dump(table, { number, paid: '100000' });
    expect(more.changes).toMatchObject([{ kind: 'paid', knownKop: 1_000_000, type: 'payment.prepaid' }]);
    expect(await paidOf(order)).toBe(10_000_000);
  });

  it('a table that hears of an order later does not tell again', async () => {
    const [order, other] = [await makeOrder(), await makeOrder()];
    const table = await makeTable();
    await send(table, [{ number: other.number, paid: '0' }]);
    await bank(paidBy(order, '50000', 3));
    const rows = [
      { number: other.number, paid: '0' },
      { number: order.number, paid: '60000' },
    ];
    const { changes } = await send(table, rows);
    expect(changes.map(({ kind, knownKop }) => [kind, knownKop])).toEqual([
      ['new', 0],
      ['paid', 5_000_000],
    ]);
    expect(await paidOf(order)).toBe(6_000_000);
  });

  it('is told by half by no dump that was cut before it was accepted, and comes again', async () => {
    const order = await makeOrder();
    const { number } = order;
    const table = await makeTable();
    await dump(table, { number, paid: '1000' });
    await bank(paidBy(order, '800', 2));
    const accepted = await stored(table);
    expect((await send(table, [{ number, paid: '1500' }])).changes).toMatchObject([{ knownKop: 0 }]);
    expect(await paidOf(order)).toBe(130_000);
    await accepted.restore();
    expect((await dump(table, { number, paid: '1500' })).changes).toMatchObject([{ knownKop: 0 }]);
    expect(await paidOf(order)).toBe(130_000);
  });

  it('and taken back, a table does not take back again', async () => {
    const order = await makeOrder();
    const { number } = order;
    const table = await makeTable();
    await dump(table, { number, paid: '0' });
    await dump(table, { number, paid: '1000' });
    await makeEvent(app.admin, {
      type: 'payment.refunded',
      projectId: order.id,
      payload: { amountKop: 30_000 },
    });
    expect((await dump(table, { number, paid: '700' })).changes).toMatchObject([
      { kind: 'paid', knownKop: 30_000, type: null },
    ]);
    expect(await paidOf(order)).toBe(70_000);
    expect((await dump(table, { number, paid: '500' })).changes).toMatchObject([
      { knownKop: 0, type: 'payment.refunded' },
    ]);
    expect(await paidOf(order)).toBe(50_000);
  });
});

describe('what a table has told', () => {
  async function toldByTable(paid: string, amountKop = 16_000_000) {
    const order = await makeOrder(amountKop);
    const table = await makeTable();
    await dump(table, { number: order.number, paid: '0' });
    await dump(table, { number: order.number, paid });
    const [event] = await eventsOf(`заказ:${order.id}`);
    return { order, table, event: event as SvodkaEvent };
  }

  it('waits where a bank tells it too, some days before', async () => {
    const { order, table, event } = await toldByTable('111300');
    const document = paidBy(order, '111300', 9);
    const answer = await bank(document);
    expect(answer).toMatchObject({
      counts: { created: 1, linked: 0, waiting: 1, same: 1 },
      items: [{ match: 'same', same: { eventId: event.id, by: table.name, amountKop: 11_130_000 } }],
    });
    expect(await paidOf(order)).toBe(11_130_000);
    expect((await takeBank([document])).counts).toMatchObject({ created: 0, changed: 0, unchanged: 1 });
    const [waiting] = (await eventsOf('модуль:finance')).filter(
      ({ projectId, body }) => projectId === null && body.includes(order.number),
    );
    expect(waiting?.counterpartyIds).toEqual([]);
    const { items } = await app.admin.get<{ items: Proposals[] }>(`/api/proposals?ids=${waiting?.id}`);
    expect(items).toMatchObject([{ sure: null, same: { eventId: event.id } }]);
    // It is the bank's that is to stay: the table knows of it then.
    await app.admin.send('DELETE', `/api/events/${event.id}`, undefined, { 'If-Match': String(event.rev) });
    expect((await takeBank([document])).items).toMatchObject([{ match: 'payer', outcome: 'changed' }]);
    expect((await send(table, [{ number: order.number, paid: '111300' }])).changes).toEqual([]);
    expect(await paidOf(order)).toBe(11_130_000);
  });

  it('waits as the several payments that it may be the sum of, and no more of them', async () => {
    const { order, event } = await toldByTable('70000');
    const three = [paidBy(order, '30000', 12), paidBy(order, '40000', 5), paidBy(order, '30000', 4)];
    const answer = await bank(...three);
    expect(matchesOf(answer)).toEqual(['same', 'same', 'payer']);
    expect(answer.items[1]?.same).toMatchObject({ eventId: event.id, amountKop: 7_000_000 });
    expect(await paidOf(order)).toBe(10_000_000);
    expect((await takeBank(three)).counts).toMatchObject({ created: 0, changed: 0, unchanged: 3 });
  });

  it('is not held against what was paid long before, or since', async () => {
    const { order } = await toldByTable('50000');
    expect(matchesOf(await bank(paidBy(order, '20000', 60)))).toEqual(['payer']);
    await fiveDaysPass();
    expect(matchesOf(await bank(paidBy(order, '50000', 0), paidBy(order, '10000', 1)))).toEqual([
      'payer',
      'payer',
    ]);
    expect(await paidOf(order)).toBe(13_000_000);
  });

  it('waits where the order would be paid more than it costs', async () => {
    const { order, event } = await toldByTable('70000', 10_000_000);
    const answer = await bank(paidBy(order, '70000.50', 3), paidBy(order, '30000', 0));
    expect(answer.items.map(({ match, same }) => [match, same?.eventId])).toEqual([
      ['same', event.id],
      ['payer', undefined],
    ]);
    expect(await paidOf(order)).toBe(10_000_000);
  });

  it('waits also where it only stands on the card of an order that the table has made', async () => {
    const table = await makeTable();
    const number = `О-${nextSerial()}`;
    await send(table, [{ number, sum: '100000', paid: '70000' }]);
    const order = { number } as Project;
    await fiveDaysPass();
    // What stands behind the order is all that was paid by then; what came since is new.
    const answer = await bank(paidBy(order, '30000', 90), paidBy(order, '30000', 1));
    expect(answer.items.map(({ match, same }) => [match, same])).toMatchObject([
      ['same', { eventId: null, amountKop: 7_000_000 }],
      ['number', null],
    ]);
    const { items } = await app.admin.get<{ items: Project[] }>(
      `/api/projects?search=${encodeURIComponent(number)}`,
    );
    expect(await paidOf(items[0] as Project)).toBe(10_000_000);
  });
});
