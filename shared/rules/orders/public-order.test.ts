import fc from 'fast-check';
import type { PublicMilestone, PublicOrder } from '../../contracts/customer.ts';
import type { EventType } from '../../contracts/modules.ts';
import type { MilestoneCode } from '../../contracts/order-codes.ts';
import { derive } from './chain.ts';
import { publicOrder } from './public-order.ts';

const CANARY = 'канарейка';
const event = (type: EventType, day: string, payload: Record<string, unknown> = {}, more = {}) => ({
  id: `${type} ${day}`,
  type,
  occurredAt: new Date(`${day}T09:00:00Z`),
  dueAt: null,
  status: 'recorded' as const,
  resolved: null,
  deletedAt: null,
  itemIds: [CANARY],
  version: 1,
  payload: { ...payload, docNo: CANARY, reason: CANARY, material: CANARY, crew: CANARY },
  title: CANARY,
  ...more,
});
const chainFrom = (
  events: ReturnType<typeof event>[],
  now = '2026-11-27T09:00:00Z',
  moves: { code: MilestoneCode; on: string }[] = [{ code: 'ship', on: '2026-12-20' }],
) => {
  const { chain, facts } = derive({
    template: 'private',
    zone: 'Europe/Moscow',
    createdAt: new Date('2026-10-01T09:00:00Z'),
    amountKop: 10_000_00,
    edits: moves.map((move) => ({
      ...move,
      kind: 'move',
      reason: CANARY,
      by: null,
      at: '2026-11-01T09:00:00Z',
    })),
    now: new Date(now),
    events,
  });
  return { ...chain, facts };
};
const EVENTS = [
  event('measure.done', '2026-10-05'),
  event('contract.signed', '2026-10-12', { amountKop: 10_000_00 }),
  event('payment.prepaid', '2026-10-13', { amountKop: 7_000_00 }),
  event('material.shortage', '2026-10-20', {}, { status: 'open' }),
  event('install.confirmed', '2026-11-02', { startOn: '2026-12-07' }),
];

/** Everything that a chain holds, and in each of its objects something that nobody has thought of yet. */
function withCanaries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCanaries);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withCanaries(inner)]);
  return { ...Object.fromEntries(entries), [CANARY]: CANARY };
}

describe(publicOrder, () => {
  it('says what is done, what is next, and the day that was promised', () => {
    const order = publicOrder('318', chainFrom(EVENTS));
    const of = (code: string) => order.milestones.find((each) => each.code === code);
    expect(of('contract')).toEqual({ code: 'contract', state: 'done', on: '2026-10-12', isPromised: false });
    expect(order.milestones.filter(({ state }) => state === 'next').map(({ code }) => code)).toEqual([
      'launch',
    ]);
    expect(order.installation).toEqual({ on: '2026-12-07', isPromised: true });
  });

  it('holds nothing but what its type names, whatever the order comes to hold (PB1)', () => {
    const chain = withCanaries(chainFrom(EVENTS)) as ReturnType<typeof chainFrom>;
    expect(JSON.stringify(chain)).toContain(CANARY);
    const order = publicOrder('318', chain);
    expect(JSON.stringify(order)).not.toContain(CANARY);
    // A field more is a decision: it is to be named here too.
    const fields: Record<keyof PublicOrder, true> = {
      number: true,
      state: true,
      milestones: true,
      installation: true,
    };
    const ofEach: Record<keyof PublicMilestone, true> = {
      code: true,
      state: true,
      on: true,
      isPromised: true,
    };
    expect(Object.keys(order).sort()).toEqual(Object.keys(fields).sort());
    for (const each of order.milestones) expect(Object.keys(each).sort()).toEqual(Object.keys(ofEach).sort());
  });

  it('keeps the warehouse of materials, and days that have gone by, to the house (PB2)', () => {
    const order = publicOrder('318', chainFrom(EVENTS, '2026-12-30T09:00:00Z'));
    expect(order.milestones.map(({ code }) => code)).not.toContain('reserve');
    for (const { state, on } of order.milestones)
      if (state !== 'done' && on !== null) expect(on >= '2026-12-30').toBe(true);
    expect(order.installation).toBeNull();
  });

  it('names one day of the installation: the last that people have named (PB2)', () => {
    const move = event('work.rescheduled', '2026-11-20', { startOn: '2026-12-12' });
    const moved = publicOrder('318', chainFrom([...EVENTS, move]));
    // A Saturday: the chain counts in working days, people do not.
    expect(moved.installation).toEqual({ on: '2026-12-12', isPromised: false });
    const agreed = event('install.confirmed', '2026-11-21', { startOn: '2026-12-12' });
    expect(publicOrder('318', chainFrom([...EVENTS, move, agreed])).installation).toEqual({
      on: '2026-12-12',
      isPromised: true,
    });
    const back = event('work.rescheduled', '2026-11-22', { startOn: '2026-12-07' });
    const again = publicOrder('318', chainFrom([...EVENTS, move, back]));
    expect(again.installation).toEqual({ on: '2026-12-07', isPromised: true });
    for (const order of [moved, again]) {
      const codes = order.milestones.map(({ code }) => code);
      for (const { code, state, on } of order.milestones) {
        if (state === 'done' || on === null) continue;
        const day = order.installation?.on ?? '';
        if (codes.indexOf(code) < codes.indexOf('install')) expect([code, on <= day]).toEqual([code, true]);
        else expect([code, on >= day]).toEqual([code, true]);
      }
    }
  });

  it('does not repeat a day that something recorded since stands in the way of (PB2)', () => {
    const order = (...more: ReturnType<typeof event>[]) =>
      publicOrder('318', chainFrom([...EVENTS, ...more]));
    const failed = event(
      'install.failed',
      '2026-11-26',
      {},
      { status: 'open', dueAt: new Date('2026-12-21T09:00:00Z') },
    );
    const unsettled = order(failed);
    expect(unsettled.installation).toEqual({ on: null, isPromised: false });
    for (const { code, on } of unsettled.milestones)
      if (['install', 'act', 'payment'].includes(code)) expect([code, on]).toEqual([code, null]);
    const anew = event('work.rescheduled', '2026-11-27', { startOn: '2026-12-23' });
    expect(order(failed, anew).installation).toEqual({ on: '2026-12-23', isPromised: false });
    const off = event('work.rescheduled', '2026-11-27');
    expect(order(off).installation).toEqual({ on: null, isPromised: false });
  });

  it('names the days to come in the order in which they come, whatever is agreed (W2)', () => {
    const dayArb = fc.integer({ min: 1, max: 100 }).map((n) => new Date(Date.UTC(2026, 8, 30 + n)));
    const iso = (day: Date) => day.toISOString().slice(0, 10);
    const saidArb = fc.record({
      type: fc.constantFrom<EventType>(
        'measure.scheduled',
        'measure.done',
        'contract.signed',
        'install.confirmed',
        'work.planned',
        'payment.prepaid',
        'shipment.out',
      ),
      on: dayArb,
      startOn: dayArb,
    });
    const editArb = fc.record({
      code: fc.constantFrom('measure' as const, 'contract' as const, 'launch' as const, 'ship' as const),
      on: dayArb.map(iso),
    });
    fc.assert(
      fc.property(
        fc.array(saidArb, { maxLength: 8 }),
        fc.array(editArb, { maxLength: 2 }),
        dayArb,
        (said, edits, now) => {
          const events = said.map(({ type, on, startOn }, i) =>
            event(type, iso(on), { startOn: iso(startOn), amountKop: 7_000_00 }, { id: `e${i}` }),
          );
          const { milestones } = publicOrder('318', chainFrom(events, now.toISOString(), edits));
          const told = milestones.flatMap(({ state, on }) => (state === 'done' || on === null ? [] : [on]));
          expect(told).toEqual([...told].sort());
        },
      ),
    );
  });

  it('names no days of an order that is paused or was called off', () => {
    const paused = publicOrder(
      '318',
      chainFrom([...EVENTS, event('order.paused', '2026-11-20', {}, { status: 'open' })]),
    );
    expect(paused.state).toBe('paused');
    const off = publicOrder('318', chainFrom([...EVENTS, event('order.cancelled', '2026-11-20')]));
    expect(off).toMatchObject({ state: 'cancelled', installation: null });
    for (const { state, on } of [...paused.milestones, ...off.milestones])
      if (state !== 'done') expect(on).toBeNull();
  });
});
