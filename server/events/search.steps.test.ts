import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { STEPS } from '../migrations.ts';
import { migrate } from '../platform/mongo/migrations.ts';
import { SEARCH_STEPS } from './search.steps.ts';

type Old = { _id: string; terms?: string[]; commentTerms?: string[] };

describe('the steps to one search', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  it('make the terms of older data anew, as if it had been written now', async () => {
    const { admin, connection } = app;
    const customer = await makeCounterparty(admin, { name: 'Тихонов', phones: ['+79167183051'] });
    const project = await makeProject(admin, { objectAddress: 'Лесная, 83', counterpartyId: customer.id });
    const event = await makeEvent(admin, {
      type: 'payment.received',
      projectId: project.id,
      payload: { amountKop: 10_413_000 },
    });
    await makeEvent(admin, { counterpartyIds: [customer.id], title: 'без заказа' });
    await admin.post(`/api/events/${event.id}/comments`, { body: 'первое слово' });
    await admin.post(`/api/events/${event.id}/comments`, { body: 'второе слово' });

    const names = ['counterparties', 'projects', 'comments', 'events'];
    const terms = () =>
      Promise.all(
        names.map(async (name) =>
          (await connection.collection<Old>(name).find().sort({ _id: 1 }).toArray()).map(
            ({ _id, terms = [], commentTerms }) => ({ _id, terms, commentTerms }),
          ),
        ),
      );
    const words = () => connection.collection('words').find().sort({ _id: 1 }).toArray();
    const [now, known] = [await terms(), await words()];

    for (const name of names)
      await connection
        .collection<Old>(name)
        .updateMany({}, { $set: { terms: ['старое'] }, $unset: { commentTerms: '' } });
    await connection.collection('words').deleteMany({});
    await again(SEARCH_STEPS.map(({ number }) => number));

    expect(await terms()).toEqual(now);
    expect(await words()).toEqual(known);
  });

  it('let phones that were known before be found by digits from the middle', async () => {
    const { admin, connection } = app;
    const { id } = await makeCounterparty(admin, { name: 'Ким', phones: ['+7 912 243-87-15'] });
    const event = await makeEvent(admin, { counterpartyIds: [id] });
    const found = async () => {
      const { items } = await admin.get<{ items: { id: string }[] }>('/api/events?filter=%22243-87%22');
      return items.map((item) => item.id);
    };
    expect(await found()).toEqual([event.id]);
    await connection.collection<{ _id: string }>('words').updateMany({ _id: /~/ }, { $set: { ends: [] } });
    expect(await found()).toEqual([]);
    await again([25]);
    expect(await found()).toEqual([event.id]);
  });

  /** As if these had not been done yet. */
  async function again(numbers: number[]): Promise<void> {
    const { connection } = app;
    await connection
      .collection<{ _id: string }>('settings')
      .updateOne({ _id: 'schema' }, { $pull: { steps: { number: { $in: numbers } } } } as never);
    await migrate(connection, [], { steps: STEPS });
  }
});
