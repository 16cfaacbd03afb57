// A file of a bank from outside: to whom its payments go, that nothing goes in twice, and what is told of bad ones.
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderProposal } from '@svodka/shared/contracts/ingest';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import type { PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { bankDocument, bankFile } from '../../../test/support/bank.ts';
import type { Client } from '../../../test/support/client.ts';
import { encoded } from '../../../test/support/encoded.ts';
import { makeCounterparty, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { until } from '../../../test/support/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const FILE = { 'Content-Type': 'application/octet-stream' };
const send = (body: string | Buffer, { dry = false, by = app.admin as Client } = {}) =>
  by.post<PaymentsAnswer>(`/api/sources/payments?fileName=kl_to_1c.txt${dry ? '&dry=true' : ''}`, body, FILE);
const paid = (fields: Record<string, string>) => bankDocument({ Номер: String(nextSerial()), ...fields });

async function eventsOf(filter: string): Promise<SvodkaEvent[]> {
  const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
    `/api/events?filter=${encodeURIComponent(filter)}&limit=200`,
  );
  return items;
}
const count = async () => (await eventsOf('модуль:finance')).length;

describe('a file of payments', () => {
  it('goes to the order that it names, where it reaches the prepayment', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7701234560' });
    const order = await makeProject(app.admin, { counterpartyId: customer.id, amountKop: 20_000_000 });
    const file = bankFile([paid({ НазначениеПлатежа: `Оплата по счету № ${order.number} от 12.03.2026` })]);
    const bytes = encoded(file, 'windows-1251');
    const before = await count();
    const foreseen = await send(bytes, { dry: true });
    expect(await count()).toBe(before);
    expect(foreseen).toMatchObject({
      encoding: 'windows-1251',
      counts: { created: 1, linked: 1, waiting: 0, sumKop: 18_430_000 },
      items: [{ match: 'payer', orders: [order.number], counterparty: customer.name, outcome: 'created' }],
    });
    expect(await send(bytes)).toEqual(foreseen);
    const [event] = await eventsOf(`заказ:${order.id}`);
    expect(event).toMatchObject({
      type: 'payment.received',
      projectId: order.id,
      counterpartyIds: [customer.id],
      payload: { amountKop: 18_430_000, method: 'bank' },
      status: 'recorded',
    });
    const prepaid = await until(
      async () => {
        const { milestones } = await app.admin.get<OrderChain>(`/api/projects/${order.id}/chain`);
        return milestones.find(({ code, state }) => code === 'prepay' && state === 'done');
      },
      { what: 'the prepayment' },
    );
    expect(prepaid.actualOn).toBe('2026-03-14');
  });

  it('twice, from two people at once and in another encoding adds nothing', async () => {
    const documents = Array.from({ length: 130 }, () => paid({}));
    // The same twice, to the last digit, is two payments.
    documents.push(documents[0] as string);
    const file = bankFile(documents);
    const dispatcher = await app.signIn({ roles: ['dispatcher'] });
    const before = await count();
    const both = await Promise.all([send(file), send(file, { by: dispatcher })]);
    expect(both.map(({ counts }) => counts.created).reduce((a, b) => a + b)).toBe(131);
    expect((await send(encoded(file, 'windows-1251'))).counts).toMatchObject({ created: 0, unchanged: 131 });
    const wider = await send(bankFile([...documents, paid({})]));
    expect(wider.counts).toMatchObject({ created: 1, changed: 0, unchanged: 131 });
    expect((await count()) - before).toBeLessThanOrEqual(132);
  });

  it('leaves what it cannot place in the queue, and learns the account from whoever places it', async () => {
    const customer = await makeCounterparty(app.admin, {});
    const order = await makeProject(app.admin, { counterpartyId: customer.id });
    const payer = {
      ПлательщикИНН: '',
      Плательщик: 'Белова Инна',
      ПлательщикСчет: `408178109${String(nextSerial()).padStart(11, '0')}`,
    };
    const first = bankFile([paid({ ...payer, НазначениеПлатежа: `Окна, № ${order.number}` })]);
    expect((await send(first)).items).toMatchObject([{ match: 'foreign', orders: [order.number] }]);
    const [event] = (await eventsOf('модуль:finance')).filter(({ title }) => title.includes('Белова'));
    expect(event?.projectId).toBeNull();
    const { items } = await app.admin.get<{ items: { orders: OrderProposal[] }[] }>(
      `/api/proposals?ids=${event?.id}`,
    );
    expect(items[0]?.orders[0]).toEqual({ projectId: order.id, by: 'number' });
    await app.admin.patch(`/api/events/${event?.id}`, { projectId: order.id }, { 'If-Match': '1' });
    const next = bankFile([paid({ ...payer, НазначениеПлатежа: `Доплата № ${order.number}` })]);
    const known = await until(
      async () => {
        const answer = await send(next, { dry: true });
        return answer.items[0]?.match === 'payer' ? answer : null;
      },
      { what: 'the account' },
    );
    expect(known.items).toMatchObject([{ counterparty: customer.name, orders: [order.number] }]);
    // What somebody has placed stays there.
    expect((await send(first)).counts).toMatchObject({ created: 0, changed: 0, unchanged: 1 });
  });

  it('tells of bad documents by their lines, and takes the others', async () => {
    const file = bankFile([paid({ Сумма: '1,2,3' }), paid({ ДатаПоступило: '01.01.2099' }), paid({})], {
      end: '',
    });
    const { counts, faults, isCut } = await send(file);
    expect([counts.created, counts.refused, isCut]).toEqual([1, 2, true]);
    expect(faults.map(({ column, reason }) => [column, reason])).toEqual([
      ['Сумма', 'amount'],
      ['Дата', 'in-the-future'],
    ]);
  });

  it('is taken from whoever keeps the books, and not while the module is off', async () => {
    const file = bankFile([paid({})]);
    const finance = await app.signIn({ roles: ['finance'] });
    expect((await send(file, { by: finance })).counts.created).toBe(1);
    await send(bankFile([paid({})]), { by: finance, dry: true });
    const log = await app.admin.get<{ items: AuditRecord[] }>(
      `/api/audit?who=${finance.user.id}&group=sources`,
    );
    expect(log.items).toMatchObject([{ what: 'payments.taken', details: { created: 1, refused: 0 } }]);
    const manager = await app.signIn({ roles: ['manager'] });
    const path = '/api/sources/payments?fileName=a.txt';
    expect((await manager.send('POST', path, file, FILE)).status).toBe(403);
    expect((await app.admin.send('POST', path, 'Дата;Сумма', FILE)).error?.details).toMatchObject([
      { reason: 'not-bank-file' },
    ]);
    expect((await app.admin.send('POST', path, file, { 'Content-Type': 'text/plain' })).status).toBe(415);
    await app.admin.patch('/api/sources', { module: 'finance', isOn: false });
    expect((await app.admin.send('POST', path, file, FILE)).error?.details).toMatchObject([
      { reason: 'module-off' },
    ]);
    await app.admin.patch('/api/sources', { module: 'finance', isOn: true });
  });
});
