// What a file of payments has brought is taken back.
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { PaymentLoad, PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { bankDocument, bankFile } from '../../../test/support/bank.ts';
import type { Client } from '../../../test/support/client.ts';
import { makeProject, nextSerial } from '../../../test/support/factories.ts';
import { until } from '../../../test/support/until.ts';
import { LoadsRepository } from './loads.repository.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const FILE = { 'Content-Type': 'application/octet-stream' };
const send = (body: string, by: Client, query = '') =>
  by.post<PaymentsAnswer>(`/api/sources/payments?fileName=kl_to_1c.txt${query}`, body, FILE);
const loads = async (by: Client) => (await by.get<{ items: PaymentLoad[] }>('/api/sources/payments')).items;
const paid = (fields: Record<string, string> = {}) =>
  bankDocument({ Номер: String(nextSerial()), ПлательщикСчет: `40817810${nextSerial()}`, ...fields });
const eventsOf = async (filter: string) =>
  (
    await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(filter)}&limit=200`,
    )
  ).items;

describe('a file of payments that was loaded by mistake (S17)', () => {
  it('is taken back but for what somebody has worked on since, and may be loaded again', async () => {
    const finance = await app.signIn({ roles: ['finance'], name: 'Ольга Счётова' });
    const [order, other] = [await makeProject(app.admin), await makeProject(app.admin)];
    const toOrder = paid({ НазначениеПлатежа: `Оплата по заказу ${order.number}`, ПлательщикИНН: '' });
    const file = bankFile([toOrder, paid(), paid()]);
    await send(file, finance, '&dry=true');
    expect(await loads(finance)).toEqual([]);
    expect((await send(file, finance)).counts).toMatchObject({ created: 3, linked: 1, waiting: 2 });
    const [load, ...more] = await loads(finance);
    expect(more).toEqual([]);
    expect(load).toMatchObject({
      fileName: 'kl_to_1c.txt',
      by: 'Ольга Счётова',
      created: 3,
      sumKop: 3 * 18_430_000,
      undone: null,
    });
    // Somebody has found the order of one.
    const placed = (await eventsOf('модуль:finance')).find(({ projectId }) => projectId === null);
    await app.admin.patch(`/api/events/${placed?.id}`, { projectId: other.id }, { 'If-Match': '1' });
    // What brings nothing is no load.
    await send(file, finance);
    expect(await loads(finance)).toHaveLength(1);

    const path = `/api/sources/payments/${load?.id}/undo`;
    const manager = await app.signIn({ roles: ['manager'] });
    expect((await manager.send('POST', path)).status).toBe(403);
    expect((await manager.send('GET', '/api/sources/payments')).status).toBe(403);
    const undone = await finance.post<PaymentLoad>(path);
    expect(undone.undone).toMatchObject({ by: 'Ольга Счётова', deleted: 2, kept: 1 });
    expect(await loads(finance)).toEqual([undone]);
    expect((await eventsOf('модуль:finance')).map(({ id }) => id)).toEqual([placed?.id]);
    await until(
      async () => {
        const { money } = await app.admin.get<{ money: { paidKop: number } | null }>(
          `/api/projects/${order.id}/chain`,
        );
        return (money?.paidKop ?? 0) === 0;
      },
      { what: 'the order to be unpaid' },
    );
    expect((await finance.send('POST', path)).error?.code).toBe('conflict');
    expect((await finance.send('POST', path.replace(/[0-9a-f]{12}\/undo/, '000000000000/undo'))).status).toBe(
      404,
    );
    const log = await app.admin.get<{ items: AuditRecord[] }>(
      `/api/audit?who=${finance.user.id}&group=sources`,
    );
    expect(log.items.map(({ what, details }) => [what, details])).toMatchObject([
      ['payments.undone', { file: 'kl_to_1c.txt', deleted: 2, kept: 1 }],
      ['payments.taken', { created: 0, unchanged: 3 }],
      ['payments.taken', { created: 3, sumKop: 55_290_000 }],
    ]);

    // Loaded again the file brings what was taken back, and nothing twice.
    expect((await send(file, finance)).counts).toMatchObject({ created: 2, unchanged: 1, linked: 1 });
    expect(await eventsOf('модуль:finance')).toHaveLength(3);
    expect((await loads(finance)).map(({ created }) => created)).toEqual([2, 3]);
  });

  it('takes nothing more once it was taken back', async () => {
    const stored = app.app.get(LoadsRepository);
    const at = new Date();
    const load = { _id: newId(), fileName: 'half.txt', at, by: null };
    expect(await stored.add(load, [newId()], 100)).toBe(true);
    expect(await stored.add(load, [newId()], 100)).toBe(true);
    await stored.finish(load._id, { at, by: newId(), deleted: 2, kept: 0 });
    expect(await stored.add(load, [newId()], 100)).toBe(false);
    expect(await stored.get(load._id)).toMatchObject({ created: 2, sumKop: 200 });
  });
});
