import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { LineFollower } from './line-follower.ts';
import { PaidSince } from './paid-since.service.ts';

describe(PaidSince.name, () => {
  const clock = new FakeClock();
  let app: TestApp;
  let projectId: Id;

  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    projectId = (await makeProject(app.admin, { amountKop: 100_000 })).id;
  });

  const make = (type: SvodkaEvent['type'], amountKop?: number) => {
    clock.advance(60_000);
    return makeEvent(app.admin, { type, projectId, payload: amountKop === undefined ? {} : { amountKop } });
  };
  const now = async ({ id }: SvodkaEvent) =>
    (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
  const follower = () => app.app.get(LineFollower, { strict: false });
  const isClosed = (event: SvodkaEvent, rev: number) =>
    until(async () => {
      const is = await now(event);
      return is.status === 'resolved' && is.rev === rev && is;
    });

  it('closes what asked for a payment when that has come in whole, in nobody’s name', async () => {
    const late = await make('payment.overdue', 70_000);
    await make('payment.received', 30_000);
    await follower().idle();
    expect(await now(late)).toMatchObject({ status: 'open', rev: 1 });
    await make('payment.prepaid', 40_000);
    expect(await isClosed(late, 2)).toMatchObject({ resolved: { by: null } });
    const { items } = await app.admin.get<{ items: object[] }>(`/api/events/${late.id}/revisions`);
    expect(items).toMatchObject([{ by: null, changes: { status: { from: 'open', to: 'resolved' } } }]);
  });

  it('leaves to a person what a person has opened again, until more money comes', async () => {
    const late = await make('payment.overdue', 30_000);
    await make('payment.received', 30_000);
    await isClosed(late, 2);
    clock.advance(60_000);
    await app.admin.post(`/api/events/${late.id}/reopen`);
    await make('note.free');
    await make('measure.done');
    await follower().idle();
    expect(await now(late)).toMatchObject({ status: 'open', rev: 3 });
    await make('payment.received', 1_000);
    await isClosed(late, 4);
  });

  it('leaves what asks for more than came', async () => {
    await make('payment.received', 50_000);
    const late = await make('payment.overdue', 50_000);
    await make('payment.received', 10_000);
    await follower().idle();
    expect(await now(late)).toMatchObject({ status: 'open', rev: 1 });
  });
});
