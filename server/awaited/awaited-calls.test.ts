import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { AwaitedCalls } from './awaited-calls.service.ts';

describe(AwaitedCalls.name, () => {
  const clock = new FakeClock();
  let app: TestApp;
  let serial = 0;

  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterAll(() => app?.close());
  beforeEach(() => serial++);

  const phone = (form: string) => form.replace('NN', String(serial).padStart(2, '0'));
  const make = (type: SvodkaEvent['type'], payload: object, counterpartyIds: Id[] = []) => {
    clock.advance(60_000);
    return makeEvent(app.admin, { type, payload: payload as never, counterpartyIds });
  };
  const now = async ({ id }: SvodkaEvent) =>
    (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
  const look = () => app.app.get(AwaitedCalls).run();

  it('closes a promise by our call to that number, in whatever form it is written', async () => {
    const promise = await make('call.promise', { to: phone('+7 916 718-30-NN'), promise: 'перезвонить' });
    await make('call.in', { from: phone('+791671830NN') });
    await make('call.out', { to: phone('8 (916) 718-30-NN'), durationMs: 0 });
    await look();
    expect(await now(promise)).toMatchObject({ status: 'open' });
    await make('call.out', { to: phone('8 (916) 718-30-NN'), durationMs: 60_000 });
    const closed = await until(async () => {
      const event = await now(promise);
      return event.status === 'resolved' && event;
    });
    expect(closed).toMatchObject({ resolved: { by: null }, rev: 2 });
    const { items } = await app.admin.get<{ items: object[] }>(`/api/events/${promise.id}/revisions`);
    expect(items).toMatchObject([{ by: null, changes: { status: { from: 'open', to: 'resolved' } } }]);
  });

  it('leaves to a person what a person has opened again, until there is another call', async () => {
    const { id: party } = await makeCounterparty(app.admin);
    const missed = await make('call.missed', { from: '+79160000000' }, [party]);
    await make('call.in', {}, [party]);
    await look();
    expect(await now(missed)).toMatchObject({ status: 'resolved' });
    clock.advance(60_000);
    await app.admin.post(`/api/events/${missed.id}/reopen`);
    await look();
    await look();
    expect(await now(missed)).toMatchObject({ status: 'open', rev: 3 });
    await make('call.out', {}, [party]);
    await look();
    expect(await now(missed)).toMatchObject({ status: 'resolved', rev: 4 });
  });

  it('closes nothing by an earlier call, by one of somebody else, or without number and customer', async () => {
    const { id: one } = await makeCounterparty(app.admin);
    const { id: other } = await makeCounterparty(app.admin);
    await make('call.out', { to: phone('+791671831NN') }, [one]);
    const promises = [
      await make('call.promise', { to: phone('+791671831NN') }, [one]),
      await make('call.promise', {}),
    ];
    await make('call.out', { to: phone('+791671832NN') }, [other]);
    await make('call.out', {});
    await look();
    for (const promise of promises) expect(await now(promise)).toMatchObject({ status: 'open', rev: 1 });
  });
});
