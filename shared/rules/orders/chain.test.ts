import fc from 'fast-check';
import type { EventType } from '../../contracts/modules.ts';
import { MILESTONE_CODES, type MilestoneCode, ORDER_TEMPLATES } from '../../contracts/order-codes.ts';
import { type ChainOf, chainOf } from './chain.ts';
import { chainFor } from './chain-for.ts';
import type { FactEvent } from './facts.ts';
import { FACT_TYPES } from './fills.ts';
import { milestonesOf } from './templates.ts';
import { dayKind } from './working-days.ts';

const ZONE = 'Europe/Moscow';
const NOW = new Date('2026-06-15T09:00:00Z');
const START = Date.parse('2026-04-01T09:00:00Z');
const DAY_MS = 86_400_000;

let serial = 0;
const event = (type: EventType, day: string, more: Partial<FactEvent> = {}): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: new Date(`${day}T09:00:00Z`),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload: {},
  ...more,
});

const derive = (events: FactEvent[], more: Partial<ChainOf> = {}) =>
  chainOf({
    template: 'private',
    zone: ZONE,
    createdAt: new Date(START),
    amountKop: 10_000_000,
    now: NOW,
    events,
    ...more,
  });
const at = (chain: ReturnType<typeof derive>, code: MilestoneCode) => {
  const found = chain.milestones.find((milestone) => milestone.code === code);
  if (!found) throw new Error(code);
  return found;
};

const until = (last: MilestoneCode): FactEvent[] => {
  const all: [MilestoneCode, FactEvent][] = [
    ['measure', event('measure.done', '2026-04-01')],
    ['contract', event('contract.signed', '2026-04-03', { payload: { amountKop: 10_000_000 } })],
    ['prepay', event('payment.prepaid', '2026-04-08', { payload: { amountKop: 7_000_000 } })],
    ['reserve', event('material.reserved', '2026-04-09')],
    ['launch', event('production.launched', '2026-04-10')],
    ['ready', event('items.complete', '2026-04-22', { payload: { total: 4 } })],
    ['ship', event('shipment.out', '2026-04-23')],
    ['install', event('install.done', '2026-04-24')],
    ['act', event('act.signed', '2026-04-24')],
    ['payment', event('payment.final', '2026-04-29', { payload: { amountKop: 3_000_000 } })],
  ];
  return all.slice(0, MILESTONE_CODES.indexOf(last) + 1).map(([, each]) => each);
};

const factArb: fc.Arbitrary<FactEvent> = fc.record({
  id: fc.nat(30).map((n) => `e${String(n).padStart(4, '0')}`),
  version: fc.nat(3).map((n) => n + 1),
  type: fc.constantFrom(...FACT_TYPES),
  occurredAt: fc.nat(90).map((days) => new Date(START + days * DAY_MS)),
  dueAt: fc.option(
    fc.nat(120).map((days) => new Date(START + days * DAY_MS)),
    { freq: 4 },
  ),
  status: fc.constantFrom('recorded', 'open', 'resolved'),
  resolved: fc.constant(null),
  deletedAt: fc.option(fc.constant(NOW), { freq: 6 }),
  payload: fc.record({
    amountKop: fc.integer({ min: 1, max: 9_000_000 }),
    count: fc.nat(5),
    total: fc.constant(10),
    startOn: fc.constant('2026-06-22'),
    stage: fc.constantFrom(1, 1, 1, 2),
  }),
});

/** Events of one id and version are the same event. */
const historyArb = fc
  .array(factArb, { maxLength: 60 })
  .map((events) => [...new Map(events.map((each) => [`${each.id} ${each.version}`, each])).values()]);
const orderArb = fc.record({ template: fc.constantFrom(...ORDER_TEMPLATES), events: historyArb });

/** What each delivery of an event would do to an order that is counted up along the way. */
function countedUp(deliveries: readonly FactEvent[]): number {
  return deliveries.reduce((paid, { type, payload, deletedAt }) => {
    const kop = deletedAt ? 0 : Number(payload.amountKop ?? 0);
    if (type === 'payment.refunded') return paid - kop;
    return ['payment.prepaid', 'payment.received', 'payment.final'].includes(type) ? paid + kop : paid;
  }, 0);
}

/** The final events, each once: what every derivation has to equal. */
const finalOf = (events: readonly FactEvent[]): FactEvent[] => {
  const last = new Map<string, FactEvent>();
  for (const each of [...events].sort((a, b) => a.version - b.version)) last.set(each.id, each);
  return [...last.values()];
};

const deliveriesArb = historyArb.chain((events) =>
  fc.record({
    events: fc.constant(events),
    // Every event at least once, some again, in any order.
    deliveries: fc.array(fc.nat(Math.max(0, events.length - 1)), { maxLength: 40 }).chain((again) => {
      const all = [...events, ...again.flatMap((i) => events[i] ?? [])];
      return fc.shuffledSubarray(all, { minLength: all.length });
    }),
  }),
);

describe(chainOf, () => {
  it('is the same for any permutation, repetition and interleaving of the same events', () => {
    fc.assert(
      fc.property(deliveriesArb, fc.constantFrom(...ORDER_TEMPLATES), ({ events, deliveries }, template) => {
        expect(derive(deliveries, { template })).toEqual(derive(finalOf(events), { template }));
      }),
      { numRuns: 400 },
    );
  });

  it('cannot be replaced by counting up, which the same property finds out', () => {
    const details = fc.check(
      fc.property(
        deliveriesArb,
        ({ events, deliveries }) => countedUp(deliveries) === countedUp(finalOf(events)),
      ),
      { numRuns: 400 },
    );
    expect(details.failed).toBe(true);
  });

  it('adds up money as one would by hand', () => {
    fc.assert(
      fc.property(historyArb, (events) => {
        const happened = finalOf(events).filter(
          ({ dueAt, status, type }) => dueAt === null || status !== 'open' || type === 'install.failed',
        );
        const paid = countedUp(
          happened.filter(
            ({ occurredAt, dueAt, status }) => occurredAt <= NOW || (dueAt && status === 'open'),
          ),
        );
        const { money } = derive(events);
        expect(money).toMatchObject({
          contractKop: 10_000_000,
          paidKop: paid,
          debtKop: 10_000_000 - paid,
        });
        expect(Number.isSafeInteger(money?.paidKop)).toBe(true);
      }),
    );
  });

  it('keeps the laws of its dates', () => {
    fc.assert(
      fc.property(orderArb, ({ events, template }) => {
        const chain = derive(events, { template });
        const dates = new Map(chain.milestones.map((each) => [each.code, each]));
        for (const { state, forecastOn, actualOn, needs, plannedOn } of chain.milestones) {
          expect(state === 'done').toBe(actualOn !== null);
          if (actualOn !== null) expect(forecastOn).toBe(actualOn);
          if (state === 'skipped' || actualOn !== null) continue;
          expect(forecastOn && forecastOn >= chain.todayOn).toBe(true);
          expect(dayKind(forecastOn ?? '')).not.toBe('off');
          for (const need of needs) {
            const before = dates.get(need.code);
            expect((before?.forecastOn ?? '') <= (forecastOn ?? '')).toBe(true);
            expect(plannedOn).not.toBeNull();
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is done and without debt when everything has happened as planned', () => {
    const chain = derive(until('payment'));
    expect(chain.milestones.map(({ state }) => state)).toEqual(MILESTONE_CODES.map(() => 'done'));
    expect(chain.milestones.every(({ why }) => why.length === 0)).toBe(true);
    expect(chain.money).toEqual({
      contractKop: 10_000_000,
      paidKop: 10_000_000,
      refundedKop: 0,
      debtKop: 0,
      overdueKop: 0,
    });
    expect(chain.contradictions).toEqual([]);
  });

  it('forecasts from a shortage, and names it wherever it delays', () => {
    const shortage = event('material.shortage', '2026-04-08', {
      status: 'open',
      payload: { material: 'профиль 58 мм' },
      dueAt: new Date('2026-04-20T09:00:00Z'),
    });
    const chain = derive([...until('prepay'), shortage], { now: new Date('2026-04-09T09:00:00Z') });
    expect(at(chain, 'reserve')).toMatchObject({ state: 'blocked', forecastOn: '2026-04-20' });
    expect(at(chain, 'launch')).toMatchObject({ forecastOn: '2026-04-21', waitsFor: ['reserve'] });
    expect(at(chain, 'install').slipWd).toBeGreaterThan(0);
    expect(at(chain, 'install').why.at(-1)).toMatchObject({
      code: 'reserve',
      kind: 'held',
      fact: { eventId: shortage.id, text: 'профиль 58 мм' },
    });
    const resolved = derive([...until('prepay'), { ...shortage, version: 2, status: 'resolved' }], {
      now: new Date('2026-04-09T09:00:00Z'),
    });
    expect(at(resolved, 'reserve')).toMatchObject({ state: 'due', why: [] });
  });

  it('never moves what was promised, and takes a planned day that people set', () => {
    const chain = derive(
      [
        ...until('contract'),
        event('work.planned', '2026-04-04', { payload: { startOn: '2026-04-30' } }),
        event('install.confirmed', '2026-04-04', { payload: { startOn: '2026-04-28' } }),
      ],
      { now: new Date('2026-04-24T09:00:00Z') },
    );
    expect(at(chain, 'install')).toMatchObject({ promisedOn: '2026-04-28', plannedOn: '2026-04-30' });
    expect(at(chain, 'install').slipWd).toBeGreaterThan(5);
  });

  it('plans anew what was moved to no day, and goes by no day that was named before', () => {
    const planned = event('work.planned', '2026-04-04', { payload: { startOn: '2026-09-30' } });
    const off = event('work.rescheduled', '2026-04-05');
    const chain = derive([...until('contract'), planned, off], { now: new Date('2026-04-24T09:00:00Z') });
    expect(at(chain, 'install')).toMatchObject(
      at(derive(until('contract'), { now: new Date('2026-04-24T09:00:00Z') }), 'install'),
    );
    const move = {
      code: 'install',
      kind: 'move',
      on: '2026-10-05',
      reason: 'договорились',
      by: null,
    } as const;
    const edits = [{ ...move, at: '2026-04-06T09:00:00Z' }];
    expect(at(derive([...until('contract'), planned, off], { edits }), 'install').plannedOn).toBe(
      '2026-10-05',
    );
  });

  it('plans the contract after the measurement that was agreed, and is late with neither', () => {
    const agreed = event('measure.scheduled', '2026-04-01', { payload: { startOn: '2026-04-06' } });
    const now = new Date('2026-04-01T10:00:00Z');
    const chain = derive([agreed], { now });
    expect(at(chain, 'measure')).toMatchObject({ plannedOn: '2026-04-06', slipWd: 0 });
    expect(at(chain, 'contract')).toMatchObject({ plannedOn: '2026-04-08', slipWd: 0, state: 'planned' });
    // The template's day stays what it was: how much longer it takes than usual is still told.
    expect(at(chain, 'contract')).toMatchObject({ baselineOn: '2026-04-03', baselineSlipWd: 3 });
    const later = event('measure.scheduled', '2026-04-02', { payload: { startOn: '2026-04-13' } });
    const moved = derive([agreed, later], { now: new Date('2026-04-02T10:00:00Z') });
    expect(at(moved, 'contract')).toMatchObject({ plannedOn: '2026-04-15', slipWd: 0 });
    const signed = event('contract.signed', '2026-04-09', { payload: { amountKop: 10_000_000 } });
    const done = event('measure.done', '2026-04-06');
    const of = derive([agreed, done, signed], { now: new Date('2026-04-10T09:00:00Z') });
    expect(at(of, 'contract')).toMatchObject({ plannedOn: '2026-04-08', actualOn: '2026-04-09', slipWd: 1 });
  });

  it('takes the day to which somebody has moved the contract', () => {
    const move = { code: 'contract', kind: 'move', on: '2026-07-01', reason: 'в отпуске', by: null } as const;
    const edits = [{ ...move, at: '2026-06-10T09:00:00Z' }];
    const chain = derive(until('measure'), { edits });
    expect(at(chain, 'contract')).toMatchObject({ plannedOn: '2026-07-01', state: 'planned', slipWd: 0 });
    expect(at(chain, 'prepay').plannedOn).toBe('2026-07-06');
    expect(at(chain, 'contract').baselineOn).toBe('2026-04-03');
  });

  it('finds why a promise breaks in what somebody has moved, though that is late by no plan', () => {
    const promised = event('install.confirmed', '2026-06-01', { payload: { startOn: '2026-06-19' } });
    const move = { code: 'ship', kind: 'move', on: '2026-06-24', reason: 'склад закрыт', by: null } as const;
    const edits = [{ ...move, at: '2026-06-10T09:00:00Z' }];
    const chain = derive([...until('ready'), promised], { edits });
    expect(at(chain, 'ship').slipWd).toBe(0);
    expect(at(chain, 'install').why).toMatchObject([
      { code: 'install', kind: 'follows' },
      { code: 'ship', kind: 'set', fact: null },
    ]);
  });

  it('takes back what was deleted or undone, and counts what is only expected for nothing', () => {
    const [measured] = until('measure');
    if (!measured) throw new Error('none');
    expect(at(derive([measured]), 'measure').state).toBe('done');
    expect(at(derive([measured, { ...measured, version: 2, deletedAt: NOW }]), 'measure').state).toBe(
      'overdue',
    );
    expect(
      at(derive([measured, event('measure.redo', '2026-04-05', { status: 'open' })]), 'measure').state,
    ).toBe('overdue');
    expect(at(derive([{ ...measured, status: 'open', dueAt: NOW }]), 'measure').state).toBe('overdue');
    const met = {
      ...measured,
      status: 'resolved',
      dueAt: NOW,
      resolved: { at: new Date('2026-04-07T09:00:00Z') },
    };
    expect(at(derive([met as FactEvent]), 'measure').actualOn).toBe('2026-04-07');
    const refund = event('payment.refunded', '2026-04-10', { payload: { amountKop: 1 } });
    expect(at(derive([...until('prepay'), refund]), 'prepay').state).toBe('overdue');
  });

  it('shows contradictions, and leaves out a day that cannot be', () => {
    const early = event('production.launched', '2026-04-02');
    const kinds = derive([...until('prepay'), early, event('act.signed', '1926-04-02')]).contradictions.map(
      ({ kind, code, needs }) => [kind, code, needs],
    );
    expect(kinds).toEqual([
      ['before', 'launch', 'prepay'],
      ['without', 'launch', 'reserve'],
      ['date', null, null],
    ]);
    const much = event('payment.received', '2026-04-10', { payload: { amountKop: 9_000_000 } });
    expect(
      derive([...until('prepay'), much], { amountKop: 9_999_999 }).contradictions.map(({ kind }) => kind),
    ).toEqual(['amount', 'overpaid']);
  });

  it('counts goods and stages', () => {
    const some = [
      event('item.arrived', '2026-04-20', { payload: { count: 2, total: 5 } }),
      event('item.arrived', '2026-04-21', { payload: { count: 2 } }),
    ];
    expect(at(derive([...until('launch'), ...some]), 'ready').progress).toEqual({ done: 4, total: 5 });
    const last = event('item.arrived', '2026-04-22');
    expect(at(derive([...until('launch'), ...some, last]), 'ready')).toMatchObject({
      actualOn: '2026-04-22',
    });
    const staged = [1, 2, 3].map((stage) => event('stage.assigned', '2026-04-02', { payload: { stage } }));
    const shipped = [1, 2].map((stage) => event('shipment.out', '2026-05-02', { payload: { stage } }));
    expect(at(derive([...staged, ...shipped], { template: 'facade' }), 'ship')).toMatchObject({
      actualOn: null,
      progress: { done: 2, total: 3 },
    });
  });

  it('gives every stage a chain of its own', () => {
    const of = (stage: number, type: EventType, day: string, payload = {}) =>
      event(type, day, { payload: { stage, ...payload } });
    const staged = [
      of(1, 'crew.assigned', '2026-05-04', { crew: 'Бригада 1', startOn: '2026-06-01' }),
      of(2, 'crew.assigned', '2026-05-04', { crew: 'Бригада 2', startOn: '2026-07-06' }),
      of(1, 'items.complete', '2026-05-20', { total: 16 }),
      of(1, 'shipment.out', '2026-05-29'),
      of(1, 'install.done', '2026-06-02'),
      of(2, 'item.defect', '2026-06-10'),
    ];
    const { stages } = derive([...until('launch'), ...staged], { template: 'facade' });
    const codes = ['ready', 'ship', 'install', 'act'];
    expect(stages.map(({ stage, work }) => [stage, work?.crew, work?.state])).toEqual([
      [1, 'Бригада 1', 'done'],
      [2, 'Бригада 2', 'planned'],
    ]);
    expect(stages.map(({ milestones }) => milestones.map(({ code }) => code))).toEqual([codes, codes]);
    expect(stages.map(({ milestones }) => milestones.map(({ state }) => state))).toEqual([
      ['done', 'done', 'done', 'overdue'],
      ['blocked', 'overdue', 'planned', 'planned'],
    ]);
    expect(stages[1]?.milestones[2]).toMatchObject({ plannedOn: '2026-07-06', actualOn: null });
    // Of one stage it is the order's own.
    expect(derive(until('launch'), { template: 'facade' }).stages).toEqual([]);
    const one = of(1, 'work.planned', '2026-05-04', { startOn: '2026-06-01' });
    expect(derive([...until('launch'), one]).stages).toMatchObject([{ stage: 1, milestones: [] }]);
  });

  it('knows paused, cancelled and complained of', () => {
    const flags = (...events: FactEvent[]) => derive([...until('launch'), ...events]).flags;
    expect(flags(event('order.paused', '2026-04-12'), event('complaint.opened', '2026-04-12'))).toEqual([
      'paused',
      'complaint',
    ]);
    expect(flags(event('order.paused', '2026-04-02'))).toEqual([]);
    expect(at(derive([event('order.cancelled', '2026-04-12')]), 'install').state).toBe('skipped');
  });
});

describe(milestonesOf, () => {
  it('gives every template a chain that can be planned, and waits past what is off', () => {
    for (const template of ORDER_TEMPLATES) expect(derive([], { template }).milestones).toHaveLength(10);
    expect(milestonesOf('dealer').find(({ code }) => code === 'payment')?.needs).toEqual([
      { code: 'ship', lagWd: 3 },
    ]);
  });
});

describe(chainFor, () => {
  it('keeps words and sums from who may not read them', () => {
    const shortage = event('material.shortage', '2026-04-08', {
      status: 'open',
      payload: { material: 'профиль' },
    });
    const chain = { ...derive([...until('prepay'), shortage]), isWhole: true };
    const seen = chainFor(chain, { seesSums: false, readable: new Set() });
    expect(JSON.stringify(seen)).not.toMatch(/профиль|Kop/);
    expect(seen.milestones.map(({ state }) => state)).toEqual(chain.milestones.map(({ state }) => state));
    expect(chainFor(chain, { seesSums: true, readable: new Set([shortage.id]) })).toEqual(chain);
  });
});
