import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import { newId } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty } from '../../test/support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

it('counts as many counterparties as the list has, of words and for each reader', async () => {
  const manager = await app.signIn({ roles: ['manager'] });
  const measurer = await app.signIn({ roles: ['measurer'] });
  for (let n = 0; n < 7; n++)
    await makeCounterparty(app.admin, {
      name: n < 3 ? `Балконов ${n}` : `Окнова ${n}`,
      phones: ['+74959990000'],
      managerId: n % 2 ? manager.user.id : null,
    });
  const gone = await makeCounterparty(app.admin, { name: 'Балконов 0' });
  const [first] = (await app.admin.get<{ items: Counterparty[] }>('/api/counterparties?search=Балконов 1'))
    .items;
  await app.admin.post(
    `/api/counterparties/${first?.id}/merge`,
    { from: gone.id, versions: { into: first?.version, from: gone.version } },
    { 'Idempotency-Key': newId() },
  );
  for (const who of [app.admin, manager, measurer])
    for (const query of ['', '?search=балконов', '?search=4959990000', '?search=nobody']) {
      const { items } = await who.get<{ items: Counterparty[] }>(`/api/counterparties${query}`);
      const count = await who.get<Count>(`/api/counterparties/count${query}`);
      expect([query, count]).toEqual([query, { n: items.length, exact: true }]);
    }
  expect((await app.admin.get<Count>('/api/counterparties/count')).n).toBe(7);
});
