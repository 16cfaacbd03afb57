import type { EventType } from '../../contracts/modules.ts';
import { ORDER_TEMPLATES } from '../../contracts/order-codes.ts';
import type { FactEvent } from './facts.ts';
import { deriveLine } from './line.ts';

let serial = 0;
const event = (type: EventType, day: string, payload: FactEvent['payload'] = {}): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: new Date(`${day}T09:00:00Z`),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload,
});
const derive = (
  events: FactEvent[],
  day = '2026-04-09',
  template: (typeof ORDER_TEMPLATES)[number] = 'private',
) =>
  deriveLine({
    template,
    zone: 'Europe/Moscow',
    createdAt: new Date('2026-04-01T09:00:00Z'),
    amountKop: 100,
    now: new Date(`${day}T09:00:00Z`),
    events,
  });

const MEASURED = event('measure.done', '2026-04-01');
const SIGNED = event('contract.signed', '2026-04-03');
const PAID = event('payment.prepaid', '2026-04-08', { amountKop: 70 });

describe(deriveLine, () => {
  it('says of which installations nobody has named a day, once the contract is signed', () => {
    const planned = (stage: number) => event('work.planned', '2026-04-08', { startOn: '2026-05-12', stage });
    const day = '2026-04-09';
    const undated = (events: FactEvent[], template: (typeof ORDER_TEMPLATES)[number] = 'private') =>
      derive(events, day, template).undated;
    expect(undated([MEASURED])).toEqual([]);
    expect(undated([MEASURED, SIGNED])).toEqual([1]);
    expect(derive([MEASURED, SIGNED]).keys.flags).toContain('undated');
    expect(undated([MEASURED, SIGNED, planned(1)])).toEqual([]);
    expect(undated([SIGNED, event('install.confirmed', '2026-04-08', { startOn: '2026-05-12' })])).toEqual(
      [],
    );
    expect(undated([SIGNED, planned(3)], 'facade')).toEqual([1, 2]);
    expect(undated([SIGNED], 'dealer')).toEqual([]);
    expect(undated([SIGNED, event('install.done', '2026-04-08')])).toEqual([]);
    expect(undated([SIGNED, event('order.paused', '2026-04-08')])).toEqual([]);
  });

  it('keeps what orders are filtered by', () => {
    const { keys } = derive([MEASURED, SIGNED, PAID, event('material.shortage', '2026-04-08')]);
    expect(keys.done).toEqual(['measure', 'contract', 'prepay']);
    expect(keys.blocked).toEqual(['reserve']);
    expect(keys.owed).toBe(30);
    expect(keys.template).toBe('private');
    // Noon where the order lives, which is the same day in every zone that is less than half a day away.
    expect(keys.at?.toISOString()).toBe(`${keys.on}T09:00:00.000Z`);
  });

  it('says how far an order has come', () => {
    const status = (...events: FactEvent[]) => derive(events).status;
    expect(status()).toBe('request');
    expect(status(event('measure.scheduled', '2026-04-01'))).toBe('measure');
    expect(status(MEASURED)).toBe('calculation');
    expect(status(MEASURED, event('quote.sent', '2026-04-02'))).toBe('contract');
    expect(status(MEASURED, SIGNED)).toBe('prepayment');
    expect(status(MEASURED, SIGNED, event('material.reserved', '2026-04-08'))).toBe('prepayment');
    expect(status(PAID)).toBe('supply');
    expect(status(event('shipment.prepared', '2026-04-08'))).toBe('shipment');
    expect(status(event('shipment.out', '2026-04-08'))).toBe('installation');
    expect(derive([event('shipment.out', '2026-04-08')], '2026-04-09', 'dealer').status).toBe('shipment');
  });

  it('is old at midnight where the order lives, and never once everything is done', () => {
    expect(derive([]).staleAt?.toISOString()).toBe('2026-04-09T21:00:00.000Z');
    const all = [
      event('measure.done', '2026-04-01'),
      event('material.reserved', '2026-04-02'),
      event('production.launched', '2026-04-03'),
      event('items.complete', '2026-04-04', { total: 1 }),
      event('shipment.out', '2026-04-05'),
      event('install.done', '2026-04-06'),
      event('act.signed', '2026-04-06'),
    ];
    expect(derive(all, '2026-04-09', 'complaint')).toMatchObject({
      status: 'closed',
      staleAt: null,
      risk: 0,
      next: null,
    });
  });

  it('calls the order the worse the longer its customer waits, and one that nobody works on not at all', () => {
    const start = [MEASURED, SIGNED, PAID];
    const calm = derive(start);
    const waiting = derive([MEASURED, SIGNED], '2026-05-20');
    const longer = derive([MEASURED, SIGNED], '2026-06-20');
    expect(calm.isLate).toBe(false);
    expect(waiting.isLate).toBe(true);
    expect(waiting.risk).toBeGreaterThan(calm.risk);
    expect(longer.risk).toBeGreaterThan(waiting.risk);
    expect(derive([MEASURED, SIGNED, event('order.paused', '2026-04-08')], '2026-06-20')).toMatchObject({
      risk: 0,
      isLate: false,
      flags: ['paused'],
    });
  });

  it('says why the customer waits longer, in no words of an event', () => {
    const shortage = event('material.shortage', '2026-04-08', {
      material: 'профиль 58 мм',
      note: 'склад пуст',
    });
    const { isLate, why } = derive([MEASURED, SIGNED, PAID, shortage], '2026-05-20');
    expect(isLate).toBe(true);
    expect(why[0]?.code).toBe('install');
    expect(why.at(-1)).toMatchObject({
      code: 'reserve',
      kind: 'held',
      fact: { type: 'material.shortage', on: '2026-04-08', eventId: null, text: '' },
    });
    expect(derive([MEASURED, SIGNED, PAID]).why).toEqual([]);
  });

  it('names what the customer waits for, and what is to be done next', () => {
    expect(derive([MEASURED])).toMatchObject({ target: { code: 'install' }, next: 'contract' });
    expect(derive([], '2026-04-09', 'dealer')).toMatchObject({ target: { code: 'ship' }, next: 'contract' });
    for (const template of ORDER_TEMPLATES) expect(derive([], '2026-04-09', template).target).not.toBeNull();
  });
});
