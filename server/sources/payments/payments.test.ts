// S10, S11, S15. A file of a bank from outside: to whom its payments go, that nothing goes in twice, and what is told of bad ones.
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderProposal, Proposals } from '@svodka/shared/contracts/ingest';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import type { PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { bankDocument, bankFile } from '../../../test/support/bank.ts';
import type { Client } from '../../../test/support/client.ts';
import { encoded } from '../../../test/support/encoded.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../../test/support/factories.ts';
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

  it('knows the order by its number whatever dash stands in it', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7704217370' });
    const serial = nextSerial();
    const order = await makeProject(app.admin, { number: `МК-${serial}/2`, counterpartyId: customer.id });
    await makeProject(app.admin, { number: '2', counterpartyId: customer.id });
    const spellings = [`МК–${serial}/2`, `мк-${serial} / 2`, `МК\u2011${serial}/2`];
    const file = bankFile(
      spellings.map((number) =>
        paid({ ПлательщикИНН: '7704217370', НазначениеПлатежа: `Предоплата по заказу ${number}` }),
      ),
    );
    const { items } = await send(file, { dry: true });
    expect(items.map(({ match, orders }) => [match, orders])).toEqual(
      spellings.map(() => ['payer', [order.number]]),
    );
  });

  it('twice, from two people at once and in another encoding adds nothing', async () => {
    const documents = Array.from({ length: 130 }, () => paid({}));
    // The same twice, to the last digit, is two events: the second waits as the same.
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
    expect((await send(first)).items).toMatchObject([{ match: 'unsure', orders: [order.number] }]);
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
    // What somebody has placed stays there, and is nothing that waits.
    expect(await send(first)).toMatchObject({
      counts: { incoming: 1, created: 0, changed: 0, unchanged: 1, linked: 0, waiting: 0 },
      items: [{ match: 'payer', orders: [order.number] }],
    });
    // Taken back, it says nothing any more of whose the account is.
    await app.admin.patch(
      `/api/events/${event?.id}`,
      { projectId: null, counterpartyIds: [] },
      { 'If-Match': '2' },
    );
    await until(async () => (await send(next, { dry: true })).items[0]?.match === 'unsure', {
      what: 'the account to be forgotten',
    });
  });

  it('is not from whose account it is where a tax number says otherwise', async () => {
    const account = () => `408178109${String(nextSerial()).padStart(11, '0')}`;
    /** An account that somebody has placed a payment of. */
    async function learnt(card: Partial<CounterpartyCreate>) {
      const customer = await makeCounterparty(app.admin, card);
      const order = await makeProject(app.admin, { counterpartyId: customer.id });
      const payer = { Плательщик: 'Кто-то', ПлательщикИНН: '', ПлательщикСчет: account() };
      await send(bankFile([paid({ ...payer, НазначениеПлатежа: `Окна, № ${order.number}` })]));
      const events = await eventsOf('модуль:finance');
      const event = events.find(({ body }) => body === `Окна, № ${order.number}`);
      await app.admin.patch(`/api/events/${event?.id}`, { projectId: order.id }, { 'If-Match': '1' });
      const ask = async (fields: Record<string, string>) =>
        (await send(bankFile([paid({ ...payer, ...fields })]), { dry: true })).items[0];
      await until(async () => (await ask({}))?.counterparty === customer.name, { what: 'the account' });
      return { ask, customer, order };
    }
    const firm = { Плательщик: 'ООО «Астра»', ПлательщикИНН: '7736050003' };
    const father = { Плательщик: 'Иванов Пётр', ПлательщикИНН: '500100732259' };
    const person = await learnt({ name: `Комаров Сергей ${nextSerial()}`, kind: 'person' });
    expect(await person.ask(firm)).toMatchObject({ match: 'unnamed', counterparty: null });
    const named = { ...firm, НазначениеПлатежа: `Оплата заказа ${person.order.number}` };
    expect(await person.ask(named)).toMatchObject({ match: 'foreign', counterparty: null });
    expect(await person.ask(father)).toMatchObject({ counterparty: person.customer.name });
    const other = await learnt({ kind: 'org', inn: '7702070139' });
    expect(await other.ask(firm)).toMatchObject({ counterparty: null });
    // Nobody has typed its tax number yet.
    const unknown = await learnt({ kind: 'org' });
    expect(await unknown.ask(firm)).toMatchObject({ counterparty: unknown.customer.name });
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
    expect(log.items).toMatchObject([
      {
        what: 'payments.taken',
        details: { file: 'kl_to_1c.txt', created: 1, refused: 0, sumKop: 18_430_000 },
      },
    ]);
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

describe('a payment that a person has to look at', () => {
  const STRANGER = { ПлательщикИНН: '', ПлательщикСчет: '30232810000000000001' };
  const look = async (fields: Record<string, string>) =>
    (await send(bankFile([paid(fields)]), { dry: true })).items[0];
  /** Numbers as small shops give them: nothing but digits. */
  let serial = 44_300;
  const order = (counterpartyId: string | null = null) =>
    makeProject(app.admin, { number: String(++serial), counterpartyId });

  it('is one for two orders, however they are listed, whoever pays', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7707083893' });
    const [a, b] = [await order(customer.id), await order(customer.id)];
    const other = await order((await makeCounterparty(app.admin, {})).id);
    const several = { match: 'several', orders: [a.number, b.number] };
    for (const list of [
      `заказам № ${a.number}, № ${b.number}`,
      `заказам ${a.number} и ${b.number} поровну`,
      `заказам № ${a.number}/${b.number}`,
      `заказам ${a.number}, ${b.number}`,
      `заказу ${a.number} от 12.03.2026 и ${b.number} от 13.03.2026`,
      `заказу ${a.number} - 20000р, ${b.number} - остальное`,
      `заказу ${a.number}, доплата за ${b.number}`,
    ]) {
      const purpose = { НазначениеПлатежа: `Оплата по ${list}` };
      expect([list, await look({ ...STRANGER, ...purpose })]).toMatchObject([list, several]);
      expect([list, await look({ ПлательщикИНН: '7707083893', ...purpose })]).toMatchObject([list, several]);
    }
    const mixed = `Оплата заказов ${a.number} и ${other.number}`;
    for (const payer of [STRANGER, { ПлательщикИНН: '7707083893' }])
      expect(await look({ ...payer, НазначениеПлатежа: mixed })).toMatchObject({ match: 'several' });
  });

  it('is none for the other numbers that stand in a purpose', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7728168971' });
    const [a, b] = [await order(customer.id), await order((await makeCounterparty(app.admin, {})).id)];
    for (const rest of [
      `, счет ${b.number} от 12.03.2026`,
      ` от 12.03.2026, НДС 20% - 8333-33`,
      `, договор ${b.number}`,
      `, ${b.number} руб.`,
      `, 12 окон. Сумма 50 000-00, без НДС`,
    ]) {
      const purpose = { НазначениеПлатежа: `Оплата по заказу ${a.number}${rest}` };
      expect([rest, await look({ ПлательщикИНН: '7728168971', ...purpose })]).toMatchObject([
        rest,
        { match: 'payer', orders: [a.number] },
      ]);
      if (!rest.includes('договор'))
        expect([rest, await look({ ...STRANGER, ...purpose })]).toMatchObject([
          rest,
          { match: 'number', orders: [a.number] },
        ]);
    }
  });

  it('is told why: there is no such order, or nobody knows whether the number is one', async () => {
    const { number } = await makeProject(app.admin, {
      number: `О-${nextSerial()}`,
      counterpartyId: (await makeCounterparty(app.admin, { name: 'Сидорова Елена' })).id,
    });
    const says = (purpose: string) => look({ ...STRANGER, НазначениеПлатежа: purpose });
    expect(await says('Доплата по заказу О-9999')).toMatchObject({ match: 'unknown', orders: ['О-9999'] });
    expect(await says(`Сидорова Елена, доплата ${number}`)).toMatchObject({
      match: 'unsure',
      orders: [number],
    });
    expect(await says('Доплата за окна, договор подряда от 12.03.2026')).toMatchObject({
      match: 'unnamed',
      orders: [],
    });
    // What somebody has chosen is told, whatever the purpose says.
    const purpose = `Сидорова Елена, аванс ${number}`;
    const file = bankFile([paid({ ...STRANGER, НазначениеПлатежа: purpose })]);
    await send(file);
    const other = await makeProject(app.admin, {});
    const event = (await eventsOf('модуль:finance')).find(({ body }) => body === purpose);
    await app.admin.patch(`/api/events/${event?.id}`, { projectId: other.id }, { 'If-Match': '1' });
    expect((await send(file)).items).toMatchObject([{ match: 'kept', orders: [other.number] }]);
  });

  it('is one that names the order of another than the records of its tax number', async () => {
    const inn = '7741891604';
    const [first, second] = [
      await makeCounterparty(app.admin, { name: 'ООО «Гранит-Строй»', inn }),
      await makeCounterparty(app.admin, { name: 'Гранит-Строй, склад', inn }),
    ];
    const [own, foreign] = [await order(second.id), await order((await makeCounterparty(app.admin, {})).id)];
    const says = (number: string) => ({ ПлательщикИНН: inn, НазначениеПлатежа: `Оплата заказа ${number}` });
    expect(await look(says(foreign.number))).toMatchObject({ match: 'foreign', orders: [foreign.number] });
    expect(await look(says(own.number))).toMatchObject({
      match: 'payer',
      orders: [own.number],
      counterparty: second.name,
    });
    await order(first.id);
  });

  it('is one of a firm that no record has, where the customer is another', async () => {
    const says = (number: string) => ({
      Плательщик: 'ООО «Вектор»',
      ПлательщикСчет: '40702810100000000442',
      ПлательщикИНН: '7736207543',
      НазначениеПлатежа: `Оплата заказа ${number}`,
    });
    const customers = [
      [{ name: 'Петрова Анна', kind: 'person' }, 'foreign'],
      [{ name: 'ООО «Другая»', kind: 'org', inn: '7702070139' }, 'foreign'],
      // Nobody has typed its tax number yet.
      [{ name: 'Вектор, ООО', kind: 'person' }, 'number'],
      [{ name: 'Холдинг «Вектор»', kind: 'org' }, 'number'],
    ] as const;
    for (const [card, match] of customers) {
      const { number } = await order((await makeCounterparty(app.admin, card)).id);
      expect([card.name, await look(says(number))]).toMatchObject([card.name, { match }]);
    }
    // A person's number stands on few cards, and a father pays for his daughter's windows.
    const { number } = await order((await makeCounterparty(app.admin, { name: 'Петрова Анна' })).id);
    const father = { ...says(number), Плательщик: 'Петров Иван', ПлательщикИНН: '500100732259' };
    expect(await look(father)).toMatchObject({ match: 'number' });
  });

  it('is one that somebody has written already, and it counts for nobody until they have looked', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7704217370' });
    const { id, number } = await order(customer.id);
    const finance = await app.signIn({ roles: ['finance'] });
    const write = (more: Partial<EventCreateInput>) =>
      makeEvent(finance, {
        type: 'payment.prepaid',
        title: 'Предоплата',
        projectId: id,
        occurredAt: '2026-03-13T09:00:00.000Z',
        payload: { amountKop: 9_497_600, docNo: '55' },
        ...more,
      });
    const written = await write({});
    const document = paid({
      Номер: '55',
      Сумма: '94976.00',
      ПлательщикИНН: '7704217370',
      НазначениеПлатежа: `Оплата по заказу ${number}`,
    });
    const file = bankFile([document]);
    const held = {
      match: 'same',
      outcome: 'created',
      orders: [number],
      same: { eventId: written.id, type: 'payment.prepaid', on: '2026-03-13', by: finance.user.name },
    };
    const foreseen = await send(file, { dry: true });
    expect(foreseen).toMatchObject({ counts: { linked: 0, waiting: 1, same: 1 }, items: [held] });
    expect(await send(file)).toEqual(foreseen);
    const ofBank = async () =>
      (await eventsOf('модуль:finance')).filter(
        ({ payload }) => payload.amountKop === 9_497_600 && payload.fields,
      );
    const [waiting] = await ofBank();
    expect(waiting).toMatchObject({ projectId: null, counterpartyIds: [] });
    expect((await eventsOf(`заказ:${id} модуль:finance`)).length).toBe(1);
    expect((await send(file)).counts).toMatchObject({ created: 0, unchanged: 1 });
    // Of two alike in a file one is new, where no number says that they are one.
    const unnumbered = document.replace('Номер=55', 'Номер=');
    const both = await send(bankFile([unnumbered, unnumbered]), { dry: true });
    expect(both.items.map(({ match }) => match)).toEqual(['same', 'payer']);
    // Without the other it goes where it says.
    await app.admin.send('DELETE', `/api/events/${written.id}`, undefined, { 'If-Match': '1' });
    expect((await send(file)).items).toMatchObject([{ match: 'payer', outcome: 'changed' }]);
    expect(await ofBank()).toMatchObject([{ projectId: id, counterpartyIds: [customer.id] }]);
    // What has its order keeps it, whoever writes what; a bank tells its own payments apart.
    await write({ type: 'payment.received' });
    const later = await send(bankFile([document, paid({ ...bankFields(number), Номер: '56' })]), {
      dry: true,
    });
    expect(later.items.map(({ match, outcome }) => [match, outcome])).toEqual([
      ['payer', 'unchanged'],
      ['payer', 'created'],
    ]);
  });
});

describe('one document that stands in a file twice', () => {
  it('is one payment, and the second of them waits for a person', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7708123450' });
    const { id, number } = await makeProject(app.admin, { counterpartyId: customer.id });
    const fields = { ПлательщикИНН: '7708123450', НазначениеПлатежа: `Оплата заказа ${number}` };
    const document = paid(fields);
    const file = bankFile([document, document]);
    const foreseen = await send(file, { dry: true });
    expect(foreseen).toMatchObject({
      counts: { created: 2, linked: 1, waiting: 1, same: 1 },
      items: [
        // What needs a person is shown first.
        { match: 'same', orders: [number], same: { eventId: null, on: '2026-03-14', amountKop: 18_430_000 } },
        { match: 'payer', same: null },
      ],
    });
    expect(await send(file)).toEqual(foreseen);
    const [first, ...more] = await eventsOf(`заказ:${id} тип:payment.received`);
    expect(more).toEqual([]);
    const again = await send(file);
    expect([again.counts, again.items[0]?.same?.eventId]).toMatchObject([
      { created: 0, unchanged: 2 },
      first?.id,
    ]);
    const second = (await eventsOf('модуль:finance')).find(
      ({ projectId, body }) => projectId === null && body === fields.НазначениеПлатежа,
    );
    expect(second?.counterpartyIds).toEqual([]);
    const { items } = await app.admin.get<{ items: Proposals[] }>(`/api/proposals?ids=${second?.id}`);
    expect(items).toMatchObject([{ sure: null, same: { eventId: first?.id } }]);
    // Without the first it is the payment.
    await app.admin.send('DELETE', `/api/events/${first?.id}`, undefined, { 'If-Match': '1' });
    expect((await send(file)).items[1]).toMatchObject({ match: 'payer', outcome: 'changed' });
  });

  it('is two where it has no number, or is for something else', async () => {
    const customer = await makeCounterparty(app.admin, { inn: '7709123453' });
    const { number } = await makeProject(app.admin, { counterpartyId: customer.id });
    const fields = { ПлательщикИНН: '7709123453', НазначениеПлатежа: `Оплата заказа ${number}` };
    const [unnumbered, document] = [bankDocument({ ...fields, Номер: '' }), paid(fields)];
    const other = document.replace('Оплата заказа', 'Доплата по заказу');
    const { items } = await send(bankFile([unnumbered, unnumbered, document, other]), { dry: true });
    expect(items.map(({ match }) => match)).toEqual(['payer', 'payer', 'payer', 'payer']);
  });
});

const bankFields = (number: string) => ({
  Сумма: '94976.00',
  ПлательщикИНН: '7704217370',
  ДатаПоступило: '16.03.2026',
  НазначениеПлатежа: `Оплата по заказу ${number}`,
});
