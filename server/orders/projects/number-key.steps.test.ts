import { numberKey } from '@svodka/shared/contracts/order-number';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { makeProject } from '../../../test/support/factories.ts';
import { COLLECTIONS, STEPS } from '../../migrations.ts';
import { migrate } from '../../platform/mongo/migrations.ts';
import { NUMBER_KEYS, PLAIN_NUMBERS } from './number-key.steps.ts';
import type { ProjectDoc } from './project.schema.ts';
import { ProjectsService } from './projects.service.ts';

describe('the step to orders that are known however their number is written', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  const orders = () => app.connection.collection<ProjectDoc>('projects');
  const byAge = () => orders().find().sort({ _id: 1 }).toArray();

  it('keeps both of two that differ by their spelling: the older has the key, the other its number', async () => {
    const numbers = ['ЗК-55/1', 'П-2', 'Т-3', 'Ц-4'];
    for (const number of numbers) await makeProject(app.admin, { number });
    const index = 'numberKey_1';
    await orders().dropIndex(index);
    await orders().updateMany({}, { $unset: { numberKey: '' } });
    await orders().updateOne({ number: 'Т-3' }, { $set: { number: 'зк – 55/1' } });
    const before = await byAge();

    await again();

    const after = await byAge();
    expect(after.map(({ number, numberKey: key }) => [number, key])).toEqual([
      ['ЗК-55/1', numberKey('ЗК-55/1')],
      ['П-2', numberKey('П-2')],
      ['зк – 55/1', undefined],
      ['Ц-4', numberKey('Ц-4')],
    ]);
    expect(after.map(({ numberKey: _, ...doc }) => doc)).toEqual(before);
    expect((await orders().indexes()).map(({ name }) => name)).toContain(index);

    const [first, , double] = after;
    const found = await app.app.get(ProjectsService).ofNumbers(['зк – 55/1', 'ЗК-55/1', 'Зк-55/1', 'нет']);
    expect([...found].map(([number, { _id }]) => [number, _id])).toEqual([
      ['зк – 55/1', double?._id],
      ['ЗК-55/1', first?._id],
      ['Зк-55/1', first?._id],
    ]);
    // The one without a key is edited as any other; another number is its own from then on.
    const path = `/api/projects/${double?._id}`;
    await app.admin.patch(path, { number: 'зк – 55/1', note: 'вторая' });
    await app.admin.patch(path, { number: 'ЗК-55/2' });
    expect((await orders().findOne({ _id: double?._id as string }))?.numberKey).toBe(numberKey('ЗК-55/2'));

    await again();
    expect((await byAge()).map(({ numberKey: key }) => key)).toEqual(
      (await byAge()).map(({ number }) => numberKey(number)),
    );
  });

  it('compares plain digits, also of orders that were numbered before', async () => {
    const kept = await makeProject(app.admin, { number: '479' });
    const [full, arabic] = [await makeProject(app.admin), await makeProject(app.admin)];
    for (const [{ id }, number] of [
      [full, '４７９'],
      [arabic, '٤٨٠'],
    ] as const)
      await orders().updateOne({ _id: id }, { $set: { number, numberKey: number } });
    const keyOf = async ({ id }: { id: string }) => (await orders().findOne({ _id: id }))?.numberKey;

    for (let time = 0; time < 2; time++) {
      await again(PLAIN_NUMBERS.number);
      expect([await keyOf(kept), await keyOf(full), await keyOf(arabic)]).toEqual(['479', undefined, '480']);
    }
    const twice = await app.admin.send('POST', '/api/projects', { number: '４８０' });
    expect([twice.status, twice.error?.details?.[0]?.reason]).toEqual([409, 'taken']);
    expect(await makeProject(app.admin, { number: '№ ４８１' })).toMatchObject({ number: '481' });
  });

  /** As if it had not been done yet. */
  async function again(number = NUMBER_KEYS.number): Promise<void> {
    await app.connection
      .collection<{ _id: string }>('settings')
      .updateOne({ _id: 'schema' }, { $pull: { steps: { number } } } as never);
    await migrate(app.connection, COLLECTIONS, { steps: STEPS });
  }
});
