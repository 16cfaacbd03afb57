import type { EventType } from '../../contracts/modules.ts';
import type { OrderTemplate } from '../../contracts/order-codes.ts';
import type { Payload } from '../../contracts/payload.ts';
import { chainOf } from './chain.ts';
import { proposedFor } from './proposed.ts';

let serial = 0;
const event = (type: EventType, payload: Payload = {}) => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: new Date(Date.parse('2026-06-01T09:00:00Z') + serial * 60_000),
  dueAt: null,
  status: 'recorded' as const,
  resolved: null,
  deletedAt: null,
  payload,
});
const chain = (events: ReturnType<typeof event>[], template: OrderTemplate = 'private') =>
  chainOf({
    template,
    zone: 'Europe/Moscow',
    createdAt: new Date('2026-06-01T09:00:00Z'),
    amountKop: 10_000_001,
    now: new Date('2026-06-02T09:00:00Z'),
    events,
  });

describe(proposedFor, () => {
  it('says what is still to be paid, to come and to go', () => {
    expect(proposedFor('contract.signed', chain([]))).toEqual({ amountKop: 10_000_001 });
    const paid = [event('payment.received', { amountKop: 1_000_000 })];
    expect(proposedFor('payment.prepaid', chain(paid))).toEqual({ amountKop: 6_000_001 });
    expect(proposedFor('payment.final', chain(paid))).toEqual({ amountKop: 9_000_001 });
    const made = [event('production.launched', { total: 5 }), event('item.arrived', { count: 3 })];
    expect(proposedFor('items.complete', chain(made))).toEqual({ ready: 5, total: 5 });
    expect(proposedFor('shipment.out', chain(made))).toEqual({ count: 3 });
    const planned = [event('crew.assigned', { crew: 'Бригада 2', startOn: '2026-06-30' })];
    expect(proposedFor('install.done', chain(planned))).toEqual({ crew: 'Бригада 2' });
    expect(proposedFor('install.confirmed', chain(planned))).toEqual({ startOn: '2026-06-30' });
  });

  it('proposes nothing that is paid, and nothing where nothing is known', () => {
    const all = [event('payment.received', { amountKop: 10_000_001 })];
    expect(proposedFor('payment.prepaid', chain(all))).toEqual({});
    expect(proposedFor('payment.final', chain(all))).toEqual({});
    for (const type of ['measure.done', 'shipment.out', 'items.complete', 'install.done'] as const)
      expect(proposedFor(type, chain([]))).toEqual({});
  });

  it('names the first stage that has not come so far', () => {
    const staged = [
      event('items.complete', { total: 4, stage: 1 }),
      event('shipment.out', { stage: 1 }),
      event('items.complete', { total: 4, stage: 2 }),
      event('stage.assigned', { stage: 3, startOn: '2026-07-01' }),
    ];
    const facade = chain(staged, 'facade');
    expect(proposedFor('items.complete', facade)).toEqual({ stage: 3 });
    expect(proposedFor('shipment.out', facade)).toEqual({ stage: 2 });
    expect(proposedFor('act.signed', facade)).toEqual({ stage: 1 });
  });
});
