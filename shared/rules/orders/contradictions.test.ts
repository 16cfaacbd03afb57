import fc from 'fast-check';
import { newId } from '../../contracts/id.ts';
import type { EventType } from '../../contracts/modules.ts';
import { EVENT_TYPES, isMachineType } from '../../contracts/modules.ts';
import { CONTRADICTION_KINDS } from '../../contracts/orders.ts';
import { catalogues } from '../../messages/catalogue.ts';
import { type ChainOf, derive } from './chain.ts';
import { announcedOf, settledBy } from './contradictions.ts';
import type { Fact, FactEvent } from './facts.ts';
import { FACT_TYPES } from './fills.ts';
import { deriveLine } from './line.ts';

const NOW = new Date('2026-06-15T09:00:00Z');
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

let serial = 0;
const event = (type: EventType, days: number, payload: FactEvent['payload'] = {}): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: ago(days),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload,
});
const order = (events: FactEvent[], more: Partial<ChainOf> = {}): ChainOf => ({
  template: 'private',
  zone: 'Europe/Moscow',
  createdAt: ago(60),
  amountKop: 10_000_000,
  now: NOW,
  events,
  ...more,
});
const kindsOf = (events: FactEvent[], more: Partial<ChainOf> = {}) =>
  derive(order(events, more)).chain.contradictions.map(({ kind }) => kind);

const SOLD = () => [
  event('measure.done', 40),
  event('contract.signed', 39, { amountKop: 10_000_000 }),
  event('payment.prepaid', 38, { amountKop: 7_000_000 }),
  event('material.reserved', 37),
  event('production.launched', 36),
];

describe('contradictions', () => {
  it('finds none in an order that goes as it should', () => {
    const done = [
      event('items.complete', 20, { total: 4 }),
      event('shipment.out', 19),
      event('work.planned', 25, { crew: 'Бригада 1', startOn: '2026-05-28' }),
      event('work.started', 18, { crew: 'бригада 1' }),
      event('install.done', 18, { crew: 'Бригада 1' }),
      event('act.signed', 18),
      event('payment.final', 15, { amountKop: 3_000_000 }),
    ];
    expect(kindsOf([...SOLD(), ...done])).toEqual([]);
    // Whoever pays before the act has contradicted nobody.
    expect(kindsOf([...SOLD(), event('payment.final', 30, { amountKop: 3_000_000 })])).toEqual([]);
  });

  it.each<[string, FactEvent[], Partial<ChainOf>]>([
    ['unsigned', [event('payment.received', 5, { amountKop: 10_000_000 })], {}],
    [
      'goods',
      [...SOLD(), event('item.arrived', 9, { count: 2, total: 5 }), event('shipment.out', 8, { count: 4 })],
      {},
    ],
    ['early', [...SOLD(), event('work.planned', 5, { crew: 'Бригада 1', startOn: '2026-06-15' })], {}],
    [
      'crews',
      [
        event('work.planned', 5, { crew: 'Бригада 1', startOn: '2026-06-12' }),
        event('work.started', 3, { crew: 'Бригада 2' }),
      ],
      {},
    ],
    ['debt', SOLD(), { setStatus: 'closed' }],
    ['without', [...SOLD(), event('install.done', 3)], {}],
  ])('finds %s, and says how it is settled', (kind, events, more) => {
    expect(kindsOf(events, more)).toContain(kind);
    const line = deriveLine(order(events, more));
    expect(line.found.map((found) => found.kind)).toContain(kind);
    expect(line.keys.flags).toContain('contradiction');
    const found = line.found.find((each) => each.kind === kind);
    expect(found && settledBy(found)).not.toBeNull();
  });

  it('waits a while after a fact was written down: the other one may only not be told yet', () => {
    const written = (minutes: number) => ({ recordedAt: new Date(NOW.getTime() - minutes * 60_000) });
    const line = (minutes: number) =>
      deriveLine(order([...SOLD(), { ...event('install.done', 3), ...written(minutes) }]));
    const { quietAt, staleAt, keys } = line(1);
    expect(quietAt).toEqual(new Date(NOW.getTime() + 4 * 60_000));
    expect(staleAt).toEqual(quietAt);
    expect(keys.flags).toContain('contradiction');
    // What the desk says of the order makes it no less quiet.
    const told = { ...event('contradiction.found', 0), ...written(0) };
    const done = { ...event('install.done', 3), ...written(1) };
    expect(deriveLine(order([...SOLD(), done, told])).quietAt).toEqual(quietAt);
    const old = line(60);
    expect(old.quietAt?.getTime()).toBeLessThan(NOW.getTime());
    expect(old.staleAt?.getTime()).toBeGreaterThan(NOW.getTime());
  });

  it('takes no crew for another one that is named by id here and by name there', () => {
    const plan = event('work.planned', 5, { crew: newId(), startOn: '2026-06-12' });
    expect(kindsOf([plan, event('work.started', 3, { crew: 'Бригада 2' })])).not.toContain('crews');
    expect(kindsOf([plan, event('work.started', 3, { crew: newId() })])).toContain('crews');
  });

  it('announces no sums, nothing of what was called off, and each once', () => {
    const much = event('payment.received', 5, { amountKop: 90_000_000 });
    const found = (events: FactEvent[]) => deriveLine(order(events)).found.map(({ kind }) => kind);
    expect(found([...SOLD(), much])).toEqual([]);
    expect(found([...SOLD(), event('install.done', 3), event('order.cancelled', 2)])).toEqual([]);
    // What was promised and will be late is told by its deadlines.
    const promised = event('install.confirmed', 6, { startOn: '2026-06-15' });
    expect(kindsOf([...SOLD(), promised])).toContain('promised');
    expect(found([...SOLD(), promised])).toEqual([]);
  });

  it('has words in both languages and a way out that a person may take', () => {
    for (const kind of CONTRADICTION_KINDS) {
      for (const texts of [catalogues.ru, catalogues.en])
        expect(texts).toHaveProperty([`chain.wrong.${kind}`]);
      const by = settledBy({ kind, code: 'install', needs: 'ship' });
      if (by !== null && by !== 'calendar')
        expect(EVENT_TYPES.filter((type) => !isMachineType(type))).toContain(by);
    }
  });

  it('finds what a naive look at the facts finds, in any order of any events', () => {
    const facts = fc.array(
      fc.record({
        type: fc.constantFrom(...FACT_TYPES),
        days: fc.nat(50),
        payload: fc.record({
          amountKop: fc.constantFrom(3_000_000, 7_000_000, 10_000_000),
          count: fc.nat(4),
          total: fc.constant(4),
          crew: fc.constantFrom('А', 'Б'),
          startOn: fc.constantFrom('2026-06-12', '2026-06-19', '2026-08-20'),
        }),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(facts, fc.boolean(), (told, isClosed) => {
        const events = told.map(({ type, days, payload }) => event(type, days, payload));
        const more: Partial<ChainOf> = { setStatus: isClosed ? 'closed' : null };
        const { chain, facts: known } = derive(order(events, more));
        const kinds = new Set(chain.contradictions.map(({ kind }) => kind));
        const at = (code: string) => chain.milestones.find((each) => each.code === code);
        const isDone = (code: string) => at(code)?.state === 'done';
        const isOver = (code: string) => isDone(code) || at(code)?.state === 'skipped';
        expect(kinds.has('unsigned')).toBe(isDone('payment') && !isOver('contract'));
        expect(kinds.has('debt')).toBe(isClosed && !isOver('payment'));
        expect(kinds.has('goods')).toBe(
          chain.goods.arrived.n > 0 && chain.goods.shipped.n > chain.goods.arrived.n,
        );
        expect(kinds.has('promised')).toBe(
          chain.milestones.some(
            ({ actualOn, promisedOn, forecastOn }) =>
              actualOn === null && promisedOn !== null && forecastOn !== null && promisedOn < forecastOn,
          ),
        );
        expect(kinds.has('crews')).toBe(!chain.flags.includes('cancelled') && isOtherCrew(known));
        const shuffled = derive(order([...events].reverse(), more)).chain.contradictions;
        expect(shuffled).toEqual(chain.contradictions);
        expect(announcedOf(shuffled)).toEqual(announcedOf(chain.contradictions));
      }),
      { numRuns: 400 },
    );
  });
});

/** One who goes through the facts with a finger: whoever came after the last plan, and is not who was sent. */
function isOtherCrew(facts: readonly Fact[]): boolean {
  const PLANS = ['crew.assigned', 'crew.changed', 'stage.assigned', 'work.planned', 'work.rescheduled'];
  const CAME = ['work.started', 'install.started', 'work.finished', 'install.done'];
  let sent: unknown = null;
  let isOther = false;
  for (const { type, payload } of facts) {
    if (PLANS.includes(type)) [sent, isOther] = [payload.crew, false];
    else if (CAME.includes(type) && sent !== null && payload.crew !== sent) isOther = true;
  }
  return isOther;
}
