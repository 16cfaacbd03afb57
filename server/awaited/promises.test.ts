import type { Promises } from '@svodka/shared/contracts/customer';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import type { Refs } from '@svodka/shared/contracts/refs';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { DeadlineSweep } from '../deadlines/sweep.service.ts';
import { PromisesController } from './promises.controller.ts';

const HOUR = 3_600_000;

describe(PromisesController.name, () => {
  const clock = new FakeClock();
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterAll(() => app?.close());

  it('counts by person and counterparty what was kept, broken and waits, and tells who promised when it is due', async () => {
    const [one, two] = [
      await app.signIn({ roles: ['dispatcher'] }),
      await app.signIn({ roles: ['dispatcher'] }),
    ];
    const [party, other] = [await makeCounterparty(app.admin), await makeCounterparty(app.admin)];
    const promise = (client: typeof one, counterpartyId: string, hours: number) =>
      makeEvent(client, {
        type: 'call.promise',
        counterpartyIds: [counterpartyId],
        due: { at: new Date(clock.now().getTime() + hours * HOUR).toISOString() },
      });
    const kept = await promise(one, party.id, 2);
    const late = await promise(one, party.id, 1);
    await promise(two, party.id, 5);
    await promise(two, other.id, 5);
    await one.post(`/api/events/${kept.id}/resolve`);
    clock.advance(3 * HOUR);
    await one.post(`/api/events/${late.id}/resolve`);
    const counts = async (query: string) =>
      (await app.admin.get<Promises>(`/api/promises${query}`)).people.sort((a) =>
        a.userId === one.user.id ? -1 : 1,
      );
    expect(await counts(`?counterpartyId=${party.id}`)).toEqual([
      { userId: one.user.id, kept: 1, broken: 1, open: 0 },
      { userId: two.user.id, kept: 0, broken: 0, open: 1 },
    ]);
    expect(await counts('')).toMatchObject([{}, { userId: two.user.id, open: 2 }]);
    // Nobody's order: only who promised is reminded.
    clock.advance(2 * HOUR);
    await app.app.get(DeadlineSweep, { strict: false }).run();
    const told = await until(async () => {
      const { items } = await two.get<{ items: NoticeView[] }>('/api/notices');
      return items.length >= 2 && items;
    });
    expect(told.filter(({ reason }) => reason !== 'due' && reason !== 'overdue')).toEqual([]);
    expect((await one.get<{ items: NoticeView[] }>('/api/notices')).items).toEqual([]);
  });

  it('is of whoever is named to keep it, who sees it, is told of it at once and when it is late, and is counted for it', async () => {
    const [writer, keeper, other] = [
      await app.signIn({ roles: ['dispatcher'] }),
      await app.signIn({ roles: ['manager'] }),
      await app.signIn({ roles: ['manager'] }),
    ];
    const party = await makeCounterparty(app.admin);
    const body = {
      type: 'call.promise' as const,
      title: 'Перезвонить до трёх',
      counterpartyIds: [party.id],
      due: { at: new Date(clock.now().getTime() + HOUR).toISOString() },
    };
    const nobody = await writer.send('POST', '/api/events', {
      ...body,
      payload: { keeper: party.id },
    });
    expect(nobody.error?.details).toMatchObject([{ field: 'payload.keeper', reason: 'unknown-user' }]);

    const promise = await makeEvent(writer, { ...body, payload: { keeper: keeper.user.id } });
    const told = (who: typeof writer, count: number) =>
      until(async () => {
        const { items } = await who.get<{ items: NoticeView[] }>('/api/notices');
        return items.length >= count && items.map(({ reason, role }) => `${reason} ${role}`).sort();
      });
    expect(await told(keeper, 1)).toEqual(['occurred keeper']);
    const { refs } = await keeper.get<{ refs: Refs }>(`/api/events/${promise.id}`);
    expect(refs.users.map(({ id }) => id)).toContain(keeper.user.id);
    expect((await other.send('GET', `/api/events/${promise.id}`)).status).toBe(404);
    clock.advance(HOUR + 1);
    await app.app.get(DeadlineSweep, { strict: false }).run();
    expect(await told(keeper, 2)).toEqual(['occurred keeper', 'overdue keeper']);
    expect(await told(writer, 1)).toEqual(['overdue author']);
    const { people } = await writer.get<Promises>(`/api/promises?counterpartyId=${party.id}`);
    expect(people).toEqual([{ userId: keeper.user.id, kept: 0, broken: 0, open: 1 }]);

    // It is handed to another: sight of it goes along.
    await writer.patch(
      `/api/events/${promise.id}`,
      { payload: { keeper: other.user.id } },
      { 'If-Match': `"${promise.rev}"` },
    );
    expect((await other.send('GET', `/api/events/${promise.id}`)).status).toBe(200);
    expect((await keeper.send('GET', `/api/events/${promise.id}`)).status).toBe(404);
    // Who gets it hears of it at once, and nobody hears a second time of what they know.
    expect(await told(other, 1)).toEqual(['occurred keeper']);
    expect(await told(keeper, 2)).toEqual(['occurred keeper', 'overdue keeper']);
  });
});
