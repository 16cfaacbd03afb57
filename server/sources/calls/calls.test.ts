// Calls by webhook and by file: to whom they belong, and that nothing goes in twice.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderProposal, Proposals } from '@svodka/shared/contracts/ingest';
import type { Refs } from '@svodka/shared/contracts/refs';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { cdr, cdrFile, connectTelephony, ring, type Telephony } from '../../../test/support/telephony.ts';
import { CallsService } from './calls.service.ts';

let app: TestApp;
let telephony: Telephony;
beforeAll(async () => {
  app = await createTestApp();
  telephony = await connectTelephony(app.admin);
});
afterAll(() => app?.close());

const phone = () => `+7916${String(1_000_000 + nextSerial()).slice(-7)}`;
const asGiven = (e164: string) => `8${e164.slice(2)}`;
const take = (text: string) => app.app.get(CallsService).take(Buffer.from(text));
const callOf = async (id = '') => (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;

async function heard(number: string, more: Record<string, string> = {}): Promise<SvodkaEvent> {
  const answer = await ring(
    app.admin,
    telephony,
    cdr({ uniqueid: `u.${nextSerial()}`, src: asGiven(number), ...more }),
  );
  expect(answer).toMatchObject({ status: 201 });
  return callOf(answer.body.id);
}

describe('the number of a call', () => {
  it('finds its counterparty and the one order that is open', async () => {
    const number = phone();
    const customer = await makeCounterparty(app.admin, { phones: [number] });
    const order = await makeProject(app.admin, { counterpartyId: customer.id });
    expect(await heard(number)).toMatchObject({
      type: 'call.in',
      projectId: order.id,
      counterpartyIds: [customer.id],
      payload: { from: number, durationMs: 214_000, fields: { 'Номер у АТС': asGiven(number) } },
    });
    await makeProject(app.admin, { counterpartyId: customer.id });
    expect(await heard(number, { src: '101', dst: asGiven(number) })).toMatchObject({
      type: 'call.out',
      projectId: null,
      counterpartyIds: [customer.id],
    });
  });

  it('is looked up for whoever types it, as far as they see whose it is', async () => {
    const number = phone();
    const customer = await makeCounterparty(app.admin, { phones: [number] });
    const order = await makeProject(app.admin, { counterpartyId: customer.id });
    const call = { type: 'call.in', title: 'Спросили о сроке', payload: { from: number } };
    expect(await makeEvent(app.admin, call as never)).toMatchObject({
      projectId: order.id,
      counterpartyIds: [customer.id],
    });
    const stranger = await app.signIn({ roles: ['manager'] });
    expect(await makeEvent(stranger, call as never)).toMatchObject({ projectId: null, counterpartyIds: [] });
    // What somebody names themselves stands.
    const other = await makeCounterparty(app.admin);
    expect(await makeEvent(app.admin, { ...call, counterpartyIds: [other.id] } as never)).toMatchObject({
      projectId: null,
      counterpartyIds: [other.id],
    });
  });

  it('of a contact too, and of what was merged into another', async () => {
    const [one, two] = [phone(), phone()];
    const kept = await makeCounterparty(app.admin, {
      contacts: [{ name: 'Прораб', phones: [one], emails: [] }] as never,
    });
    expect((await heard(one)).counterpartyIds).toEqual([kept.id]);
    const gone = await makeCounterparty(app.admin, { phones: [two] });
    await app.admin
      .post(`/api/counterparties/${gone.id}/merge`, { into: kept.id } as never)
      .catch(() => undefined);
    expect((await heard(two)).counterpartyIds).toHaveLength(1);
  });

  it('that fits three finds none, and their orders are proposed', async () => {
    const number = phone();
    const customers = await Promise.all(
      [1, 2, 3].map(() => makeCounterparty(app.admin, { phones: [number] })),
    );
    const orders = await Promise.all(
      customers.map(({ id }) => makeProject(app.admin, { counterpartyId: id })),
    );
    const call = await heard(number);
    expect(call).toMatchObject({ projectId: null, counterpartyIds: [] });
    const { items } = await app.admin.get<{ items: { orders: OrderProposal[] }[] }>(
      `/api/proposals?ids=${call.id}`,
    );
    expect(new Set(items[0]?.orders.map(({ projectId }) => projectId))).toEqual(
      new Set(orders.map(({ id }) => id)),
    );
    expect(new Set(items[0]?.orders.map(({ by }) => by))).toEqual(new Set(['phone']));
  });

  it('that two without an order have proposes both, until one is named', async () => {
    const number = phone();
    const customers = await Promise.all([1, 2].map(() => makeCounterparty(app.admin, { phones: [number] })));
    const ids = customers.map(({ id }) => id).sort();
    const call = await heard(number);
    expect(call.counterpartyIds).toEqual([]);
    const proposed = async () => {
      const answer = await app.admin.get<{ items: Proposals[]; refs: Refs }>(`/api/proposals?ids=${call.id}`);
      return { ...answer.items[0], named: answer.refs.counterparties.map(({ id }) => id).sort() };
    };
    const { orders, customers: meant = [], named } = await proposed();
    expect([orders, meant.toSorted(), named]).toEqual([[], ids, ids]);
    await app.admin.send(
      'PATCH',
      `/api/events/${call.id}`,
      { counterpartyIds: [ids[0]] },
      { 'If-Match': String(call.rev) },
    );
    expect((await proposed()).customers).toEqual([]);
  });

  it('that nobody has leaves the call by itself, and a person may say otherwise for good', async () => {
    const number = phone();
    const uniqueid = `own.${nextSerial()}`;
    const call = await heard(number, { uniqueid });
    expect(call).toMatchObject({ projectId: null, counterpartyIds: [] });
    const order = await makeProject(app.admin, {});
    await app.admin.send(
      'PATCH',
      `/api/events/${call.id}`,
      { projectId: order.id },
      { 'If-Match': String(call.rev) },
    );
    await take(cdrFile([cdr({ uniqueid, src: asGiven(number), topic: 'уточнили' })]));
    expect(await callOf(call.id)).toMatchObject({ projectId: order.id, payload: { topic: 'уточнили' } });
  });

  it('closes what waited for the call', async () => {
    const number = phone();
    const missed = await heard(number, { disposition: 'NO ANSWER', billsec: '0' });
    expect(missed).toMatchObject({ type: 'call.missed', status: 'open' });
    expect((await heard(number, { src: '101', dst: number, start: '2026-01-14 11:00:00' })).status).toBe(
      'recorded',
    );
  });
});

describe('a file of call detail records', () => {
  it('takes what is good, and names what is not by its line', async () => {
    const number = phone();
    const answer = await take(
      cdrFile([
        cdr({ uniqueid: 'f.1', src: number }),
        cdr({ uniqueid: 'f.2', start: 'когда-то' }),
        cdr({ uniqueid: 'f.3', src: '102', dst: '101' }),
        cdr({ uniqueid: 'f.4', start: '2099-01-01 00:00:00' }),
        cdr({ uniqueid: 'f.5', disposition: 'NO ANSWER', billsec: '0' }),
        // The same call rang at another desk, where somebody took it.
        cdr({ uniqueid: 'f.5', recordingfile: 'in-5.wav' }),
      ]),
    );
    expect(answer).toMatchObject({
      counts: { rows: 6, internal: 1, created: 2, refused: 2 },
      faults: [
        { line: 3, column: 'start', reason: 'datetime' },
        { line: 5, column: 'start', reason: 'in-future' },
      ],
      recordings: [{ name: 'in-5.wav' }],
    });
    expect(await callOf(answer.recordings[0]?.eventId)).toMatchObject({ type: 'call.in' });
  });

  it('and a webhook, mixed, cut and repeated, make each call once, as it was said last', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.info(`seed ${seed}`);
    const random = seeded(seed);
    const pick = (n: number) => Math.floor(random() * n);
    const run = `p${seed}`;
    const records = Array.from({ length: 30 }, (_, i) =>
      cdr({
        uniqueid: `${run}.${i}`,
        src: phone(),
        billsec: String(1 + pick(500)),
        topic: `тема ${pick(3)}`,
      }),
    );
    for (let turn = 0; turn < 12; turn++) {
      const from = pick(records.length);
      const some = records.slice(from, from + 1 + pick(12));
      const text = cdrFile(some);
      if (random() < 0.5) for (const record of some.slice(0, 4)) await ring(app.admin, telephony, record);
      // A file that was copied while it was being written breaks off anywhere.
      else if (random() < 0.3)
        await take(text.slice(0, text.lastIndexOf('\n', text.length - 20) + 1)).catch(() => undefined);
      else await Promise.all([take(text), take(text)]);
    }
    const { counts } = await take(cdrFile(records));
    expect(counts.created + counts.changed + counts.unchanged).toBe(records.length);
    expect((await take(cdrFile(records))).counts).toMatchObject({
      created: 0,
      changed: 0,
      unchanged: records.length,
    });
    const { n } = await app.admin.get<{ n: number }>(
      `/api/events/count?filter=${encodeURIComponent('модуль:calls')}`,
    );
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?limit=200&filter=${encodeURIComponent('модуль:calls')}`,
    );
    expect(n).toBe(items.length);
    const mine = items.filter(({ source }) => source?.externalId.startsWith(run));
    expect(
      mine
        .map(({ source, payload: { from, durationMs, topic } }) => [
          source?.externalId,
          from,
          durationMs,
          topic,
        ])
        .sort(),
    ).toEqual(
      records
        .map(({ uniqueid, src, billsec, topic }) => [uniqueid, src, Number(billsec) * 1000, topic])
        .sort(),
    );
  });

  it('leaves a call that a person has written to that person', async () => {
    const event = await makeEvent(app.admin, { type: 'call.in', payload: { from: '+79160000001' } });
    await take(cdrFile([cdr({ uniqueid: `x.${nextSerial()}`, src: '+79160000001' })]));
    expect((await callOf(event.id)).rev).toBe(1);
  });
});
