import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent } from '../../test/support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const write = (event: object) => app.admin.post('/api/events', event);
  for (let i = 0; i < 3; i++)
    await write({ type: 'payment.received', title: `Оплата ${i}`, payload: { amountKop: 100 } });
  await write({ type: 'call.missed', title: 'Звонок', importance: 'high' });
  await write({ type: 'note.free', title: 'Заметка', due: { local: '2099-01-01' } });
});
afterAll(() => app?.close());

const counts = async (field: string, filter = '*', client = app.admin) =>
  (
    await client.get<{ counts: Record<string, number>; exact: boolean }>(
      `/api/events/values?field=${field}&filter=${encodeURIComponent(filter)}`,
    )
  ).counts;

describe('the numbers beside the values of a filter', () => {
  it('are those of the filter', async () => {
    expect(await counts('module')).toEqual({ finance: 3, calls: 1, system: 1 });
    expect(await counts('module', 'importance>=high')).toEqual({ calls: 1 });
    expect(await counts('type', 'module:finance')).toEqual({ 'payment.received': 3 });
  });

  it('tell a deadline that is not near from none', async () => {
    expect(await counts('due')).toEqual({ none: 1 });
  });

  it('hold what the reader may see, and nothing else', async () => {
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect(await counts('module', '*', measurer)).toEqual({});
  });

  it('say nothing of what stands on cards that the reader may not see', async () => {
    const { id, name } = await makeCounterparty(app.admin, { phones: ['+79160007788'] });
    const payload = { amountKop: 100 };
    await makeEvent(app.admin, { type: 'payment.received', counterpartyIds: [id], payload });
    const finance = await app.signIn({ roles: ['finance'] });
    expect(await counts('module', '79160007788')).toEqual({ finance: 1 });
    expect(await counts('module', '79160007788', finance)).toEqual({});
    expect(await counts('module', `"${name}"`, finance)).toEqual({ finance: 1 });
  });

  it.each(['counterparty', 'visibility', 'audience', 'id'])('are not told of %s', async (field) => {
    expect((await app.admin.send('GET', `/api/events/values?field=${field}`)).status).toBe(400);
  });
});
