import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { asks, EVENT_TYPES, type EventType, isMachineType } from '@svodka/shared/contracts/modules';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { DeadlineSweep } from '../deadlines/sweep.service.ts';

type Answered = { event: SvodkaEvent };
const HOUR = 3_600_000;
/** Those that people write. */
const TYPES = EVENT_TYPES.filter((type) => !isMachineType(type));

describe('what is open, and what is only recorded', () => {
  const clock = new FakeClock();
  let app: TestApp;
  let anna: Client;
  const soon = () => new Date(clock.now().getTime() + HOUR).toISOString();

  beforeAll(async () => {
    app = await createTestApp({ clock });
    anna = await app.signIn({ roles: ['dispatcher'] });
  });
  afterAll(() => app?.close());

  const payloadOf = (type: EventType) => (/^(payment|invoice)/.test(type) ? { amountKop: 100 } : {});
  const make = (type: EventType, more: object = {}) =>
    makeEvent(app.admin, { type, payload: payloadOf(type), ...more });
  const act = async (event: SvodkaEvent, verb: string) =>
    (await anna.post<Answered>(`/api/events/${event.id}/${verb}`)).event;
  const count = async (text: string) =>
    (await anna.get<{ n: number }>(`/api/events/count?filter=${encodeURIComponent(text)}`)).n;

  it('is born as its type tells; a deadline makes any of them open', async () => {
    for (const type of TYPES) {
      expect([type, (await make(type)).status]).toEqual([type, asks(type) ? 'open' : 'recorded']);
      expect([type, (await make(type, { due: { at: soon() } })).status]).toEqual([type, 'open']);
    }
    const all = TYPES.length * 2;
    const asking = TYPES.filter(asks).length;
    expect(await count('status:open')).toBe(TYPES.length + asking);
    expect(await count('статус:"к сведению"')).toBe(all - TYPES.length - asking);
  });

  it('is turned into the other by a person, with a revision, and back', async () => {
    const fact = await make('contract.signed');
    const asked = await act(fact, 'open');
    expect(asked).toMatchObject({ status: 'open', rev: 2 });
    expect(await act(asked, 'open')).toMatchObject({ rev: 2 });
    expect(await act(asked, 'record')).toMatchObject({ status: 'recorded', rev: 3 });
    const { items } = await anna.get<{ items: { changes: object }[] }>(`/api/events/${fact.id}/revisions`);
    expect(items.map(({ changes }) => changes)).toEqual([
      { status: { from: 'open', to: 'recorded' } },
      { status: { from: 'recorded', to: 'open' } },
    ]);
  });

  it('is after being opened again what it was before it was resolved', async () => {
    for (const type of ['customer.request', 'contract.signed'] as const) {
      const event = await make(type);
      const resolved = await act(event, 'resolve');
      expect(resolved).toMatchObject({ status: 'resolved', resolved: { at: expect.any(String) } });
      expect(resolved.resolved).not.toHaveProperty('from');
      // What is done is neither.
      expect(await act(resolved, 'record')).toMatchObject({ status: 'resolved' });
      expect(await act(resolved, 'open')).toMatchObject({ status: 'resolved' });
      expect(await act(resolved, 'reopen')).toMatchObject({ status: event.status, resolved: null });
    }
  });

  it('waits for the deadline that a fact is given, and for none while it is recorded', async () => {
    const fact = await make('material.received');
    const given = await anna.patch<Answered>(
      `/api/events/${fact.id}`,
      { due: { at: soon() } },
      { 'If-Match': String(fact.rev) },
    );
    expect(given.event).toMatchObject({ status: 'open', dueState: 'approaching' });
    expect(await act(given.event, 'record')).toMatchObject({ status: 'recorded', dueState: 'none' });
    clock.advance(2 * HOUR);
    await app.app.get(DeadlineSweep).run();
    const { event: later } = await anna.get<Answered>(`/api/events/${fact.id}`);
    expect(later).toMatchObject({ status: 'recorded', dueState: 'none', dueAt: given.event.dueAt });
    // Opened again it is late at once. Saving it with the same deadline would not have opened it.
    const same = await anna.patch<Answered>(
      `/api/events/${fact.id}`,
      { due: { at: later.dueAt }, title: 'Профиль на складе' },
      { 'If-Match': String(later.rev) },
    );
    expect(same.event.status).toBe('recorded');
    expect(await act(same.event, 'open')).toMatchObject({ status: 'open', dueState: 'overdue' });
  });
});
