import fc from 'fast-check';
import type { EventType } from '../../contracts/modules.ts';
import type { OrderGoods } from '../../contracts/orders.ts';
import { type FactEvent, factsOf } from './facts.ts';
import { stockFor, stockOf } from './stock.ts';

const NOW = new Date('2026-06-15T09:00:00Z');
const START = Date.parse('2026-04-01T09:00:00Z');
const HOUR_MS = 3_600_000;

let serial = 0;
const event = (
  type: EventType,
  payload: FactEvent['payload'] = {},
  more: Partial<FactEvent> = {},
): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: new Date(START + serial * HOUR_MS),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload,
  ...more,
});
const derive = (events: readonly FactEvent[]): OrderGoods =>
  stockOf(factsOf(events, 'Europe/Moscow', '2026-06-15').facts);

const TYPES: EventType[] = [
  'item.arrived',
  'items.complete',
  'item.defect',
  'shipment.prepared',
  'shipment.out',
  'waybill.included',
  'material.reserved',
  'material.partial',
  'material.shortage',
  'material.received',
];
const eventArb: fc.Arbitrary<FactEvent> = fc.record({
  id: fc.nat(25).map((n) => `e${String(n).padStart(4, '0')}`),
  version: fc.nat(3).map((n) => n + 1),
  type: fc.constantFrom(...TYPES),
  occurredAt: fc.nat(1_200).map((hours) => new Date(START + hours * HOUR_MS)),
  dueAt: fc.constant(null),
  status: fc.constantFrom('recorded' as const, 'open' as const, 'resolved' as const),
  resolved: fc.constant(null),
  deletedAt: fc.option(fc.constant(NOW), { freq: 6 }),
  itemIds: fc.subarray(['ОК-1', 'ОК-2', 'ОК-10']),
  payload: fc.record(
    {
      count: fc.nat(5),
      ready: fc.nat(9),
      total: fc.integer({ min: 1, max: 9 }),
      stage: fc.integer({ min: 1, max: 3 }),
      docNo: fc.constantFrom('12', '15'),
      material: fc.constantFrom('профиль', 'стекло'),
      quantity: fc.constantFrom('12 м', '3 шт.'),
    },
    { requiredKeys: [] },
  ),
});
const historyArb = fc
  .array(eventArb, { maxLength: 30 })
  .map((events) => [...new Map(events.map((each) => [`${each.id} ${each.version}`, each])).values()]);

describe(stockOf, () => {
  it('is the same for any permutation and repetition of the same events', () => {
    const deliveriesArb = historyArb.chain((events) =>
      fc.record({
        events: fc.constant(events),
        deliveries: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      }),
    );
    fc.assert(
      fc.property(deliveriesArb, ({ events, deliveries }) => {
        expect(derive(deliveries)).toEqual(derive(events));
      }),
      { numRuns: 300 },
    );
  });

  it('never counts more than there are, nor names an event that is none of its own', () => {
    fc.assert(
      fc.property(historyArb, (events) => {
        const goods = derive(events);
        const typeOf = new Map(events.map(({ id, type, deletedAt }) => [`${id} ${type}`, deletedAt]));
        for (const { n } of [goods.arrived, goods.shipped]) {
          expect(n).toBeGreaterThanOrEqual(0);
          if (goods.total !== null) expect(n).toBeLessThanOrEqual(goods.total);
        }
        for (const id of goods.defective.eventIds) expect(typeOf.has(`${id} item.defect`)).toBe(true);
        for (const id of goods.shipped.eventIds) expect(typeOf.has(`${id} shipment.out`)).toBe(true);
        if (goods.shipped.n > 0) expect(goods.shipped.eventIds.length).toBeGreaterThan(0);
        if (goods.defective.n > 0) expect(goods.defective.eventIds.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('follows goods from their arrival to the customer', () => {
    const some = event('item.arrived', { count: 2, total: 4 }, { itemIds: ['ОК-2', 'ОК-10'] });
    const defect = event('item.defect', { count: 1, reason: 'скол' }, { status: 'open', itemIds: ['ОК-2'] });
    expect(derive([some, defect])).toMatchObject({
      total: 4,
      arrived: { n: 2, eventIds: [some.id] },
      defective: { n: 1, eventIds: [defect.id] },
      shipped: { n: 0, eventIds: [] },
      completeOn: null,
      items: [
        { item: 'ОК-2', state: 'defective' },
        { item: 'ОК-10', state: 'arrived' },
      ],
    });
    const rest = event('item.arrived', { count: 2 });
    const out = event('shipment.out', { docNo: 'Н-7' }, { itemIds: ['ОК-2'] });
    expect(derive([some, defect, rest, out])).toMatchObject({
      arrived: { n: 4, eventIds: [some.id, rest.id] },
      defective: { n: 0, eventIds: [] },
      shipped: { n: 4, eventIds: [out.id] },
      completeOn: expect.any(String),
      items: [{ item: 'ОК-2', state: 'shipped' }, { item: 'ОК-10' }],
      waybills: [{ docNo: 'Н-7', kind: 'shipment', eventId: out.id }],
    });
    const first = event('shipment.out', { count: 1 });
    expect(derive([some, rest, first, event('shipment.out')]).shipped.n).toBe(4);
  });

  it('adds up the goods of stages, and knows how many there will be before the first has come', () => {
    const launched = event('production.launched', { total: 64 });
    expect(derive([launched])).toMatchObject({ total: 64, arrived: { n: 0 }, completeOn: null });
    const made = [1, 2, 3].flatMap((stage) => [
      event('items.complete', { ready: 16, total: 16, stage }),
      event('shipment.out', { stage }),
    ]);
    const three = [launched, event('stage.assigned', { stage: 4 }), ...made];
    expect(derive(three)).toMatchObject({
      total: 64,
      arrived: { n: 48 },
      shipped: { n: 48 },
      completeOn: null,
    });
    const last = event('items.complete', { total: 16, stage: 4 });
    expect(derive([...three, last])).toMatchObject({
      total: 64,
      arrived: { n: 64 },
      completeOn: expect.any(String),
    });
  });

  it('says which material is short, in which waybills the order is, and when both are settled', () => {
    const profile = { material: 'Профиль 58 мм', quantity: '12 м' };
    const shortage = event('material.shortage', profile, { status: 'open' });
    const glass = event('material.partial', { material: 'стекло' }, { status: 'recorded' });
    const waybill = event('waybill.included', { docNo: '15' });
    expect(derive([shortage, glass, waybill])).toMatchObject({
      reserve: 'partly',
      materials: [
        { ...profile, state: 'shortage', eventId: shortage.id },
        { material: 'стекло', state: 'partly' },
      ],
      waybills: [{ docNo: '15', kind: 'material' }],
    });
    const received = event('material.received', { material: 'профиль 58 мм' });
    expect(derive([shortage, glass, received]).materials).toMatchObject([
      { state: 'received', quantity: '12 м' },
      { state: 'partly' },
    ]);
    const reserved = event('material.reserved');
    const all = derive([shortage, glass, received, reserved]);
    expect(all.reserve).toBe('reserved');
    expect(all.materials.map(({ state }) => state)).toEqual(['reserved', 'reserved']);
    expect(derive([{ ...shortage, status: 'resolved' }]).materials[0]?.state).toBe('received');
    expect(derive([]).reserve).toBe('none');
  });
});

describe(stockFor, () => {
  it('leaves the figures, and keeps words and ids from who may not read the events', () => {
    const goods = derive([
      event('item.arrived', { count: 2, total: 4 }, { itemIds: ['ОК-1'] }),
      event('material.shortage', { material: 'тайна' }),
      event('waybill.included', { docNo: 'тайна' }),
    ]);
    const seen = stockFor(goods, new Set());
    expect(seen).toMatchObject({ total: 4, arrived: { n: 2, eventIds: [] }, reserve: 'shortage' });
    expect(JSON.stringify(seen)).not.toMatch(/тайна|ОК-1/);
    expect(stockFor(goods, new Set(goods.arrived.eventIds)).arrived).toEqual(goods.arrived);
  });
});
