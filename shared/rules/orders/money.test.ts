// What a counterparty owes. fast-check prints the seed of a failure.
import fc from 'fast-check';
import type { EventType } from '../../contracts/modules.ts';
import type { OrderMoney } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';
import { moneyOf, overdueOf, paidSince, partyMoneyOf } from './money.ts';

let serial = 0;
const fact = (type: EventType, amountKop?: number, isResolved = false): Fact => ({
  id: `f${++serial}`,
  type,
  on: '2026-04-01',
  at: serial,
  payload: amountKop === undefined ? {} : { amountKop },
  itemIds: [],
  isResolved,
  dueOn: null,
});

const kopArb = fc.integer({ min: 0, max: 10 ** 13 });
const factArb = fc
  .tuple(
    fc.constantFrom<EventType>(
      'payment.prepaid',
      'payment.received',
      'payment.final',
      'payment.refunded',
      'payment.overdue',
      'contract.signed',
      'contract.amended',
    ),
    fc.option(kopArb, { nil: undefined }),
    fc.boolean(),
  )
  .map(([type, kop, isResolved]) => fact(type, kop, isResolved));
const orderArb = fc.record({
  facts: fc.array(factArb, { maxLength: 12 }),
  cardKop: fc.option(kopArb, { nil: null }),
  isOff: fc.boolean(),
});
type Order = { facts: readonly Fact[]; cardKop: number | null; isOff: boolean };

const moneyOfOrder = ({ facts, cardKop }: Order): OrderMoney => {
  const money = moneyOf(facts, cardKop);
  return { ...money, overdueKop: overdueOf(facts, money) };
};
const derive = (orders: readonly Order[], loose: readonly Fact[]) =>
  partyMoneyOf(
    orders.map((order) => ({ money: moneyOfOrder(order), isOff: order.isOff })),
    loose,
  );

const isPayment = ({ type }: Fact) => type.startsWith('payment.') && type !== 'payment.overdue';
/** By hand, in integers that cannot round. */
const byHand = (facts: readonly Fact[], sign: (type: EventType) => bigint): bigint =>
  facts
    .filter(isPayment)
    .reduce((sum, { type, payload }) => sum + sign(type) * BigInt(Number(payload.amountKop ?? 0)), 0n);

describe('money of a counterparty', () => {
  it('is what one would add up by hand, to the kopeck', () => {
    fc.assert(
      fc.property(
        fc.array(orderArb, { maxLength: 8 }),
        fc.array(factArb, { maxLength: 8 }),
        (orders, loose) => {
          const money = derive(orders, loose);
          const all = [...orders.flatMap(({ facts }) => facts), ...loose];
          const refunded = (type: EventType) => (type === 'payment.refunded' ? 1n : 0n);
          expect(BigInt(money.paidKop)).toBe(byHand(all, (type) => (type === 'payment.refunded' ? -1n : 1n)));
          expect(BigInt(money.refundedKop)).toBe(byHand(all, refunded));
          const agreed = orders
            .filter(({ isOff }) => !isOff)
            .reduce((sum, order) => sum + (moneyOf(order.facts, order.cardKop).contractKop ?? 0), 0);
          expect(money.contractKop).toBe(agreed + (moneyOf(loose, null).contractKop ?? 0));
          expect(money.debtKop).toBe(money.contractKop - money.paidKop);
          expect(money.overdueKop).toBeGreaterThanOrEqual(0);
          for (const kop of Object.values(money)) expect(Number.isSafeInteger(kop)).toBe(true);
        },
      ),
    );
  });

  it('is the same in whatever order its orders stand, and wherever a payment stands', () => {
    fc.assert(
      fc.property(
        fc.array(orderArb, { minLength: 1, maxLength: 6 }),
        fc.array(factArb.filter(isPayment), { minLength: 1, maxLength: 6 }),
        (orders, loose) => {
          const before = derive(orders, loose);
          expect(derive([...orders].reverse(), loose)).toEqual(before);
          const [moved, ...rest] = loose as unknown as [Fact, ...Fact[]];
          const [first, ...others] = orders as unknown as [Order, ...Order[]];
          const after = derive([{ ...first, facts: [...first.facts, moved] }, ...others], rest);
          const { contractKop, paidKop, refundedKop, debtKop } = after;
          expect({ contractKop, paidKop, refundedKop, debtKop }).toEqual({
            contractKop: before.contractKop,
            paidKop: before.paidKop,
            refundedKop: before.refundedKop,
            debtKop: before.debtKop,
          });
        },
      ),
    );
  });
});

describe(overdueOf, () => {
  const owed = (facts: Fact[], cardKop: number | null = 100) => {
    const money = moneyOf(facts, cardKop);
    return (code: 'prepay' | 'payment' | null, waitsFor: 'act'[] = []) =>
      overdueOf(facts, money, {
        milestones: code ? [{ code, state: 'overdue', waitsFor }] : [],
        prepayPercent: 70,
      });
  };

  it('is the debt when the last payment is late, and not while that waits for something', () => {
    const overdue = owed([fact('payment.prepaid', 70)]);
    expect(overdue('payment')).toBe(30);
    expect(overdue('payment', ['act'])).toBe(0);
    expect(overdue(null)).toBe(0);
  });

  it('is what is missing of a late prepayment', () => {
    expect(owed([fact('payment.prepaid', 20)])('prepay')).toBe(50);
    expect(owed([fact('payment.prepaid', 80)])('prepay')).toBe(0);
  });

  it('is what finance says until it is resolved or paid, and no more than the debt', () => {
    expect(owed([fact('payment.overdue', 30)])(null)).toBe(30);
    expect(owed([fact('payment.overdue', 30, true)])(null)).toBe(0);
    expect(owed([fact('payment.overdue', 30), fact('payment.received', 20)])(null)).toBe(10);
    expect(owed([fact('payment.overdue', 300)])(null)).toBe(100);
    expect(owed([fact('payment.overdue', 300)], null)(null)).toBe(300);
    expect(owed([fact('payment.overdue')])(null)).toBe(100);
  });
});

describe(paidSince, () => {
  type Days = Parameters<typeof paidSince>[2];
  const answered = (facts: readonly Fact[], cardKop: number | null = 100, days: Days = {}) =>
    paidSince(facts, moneyOf(facts, cardKop), days).map(({ type }) =>
      facts.findIndex((each) => each.type === type),
    );

  it('names what asked for money that has come since, in one sum or in several', () => {
    expect(answered([fact('payment.overdue', 30), fact('payment.prepaid', 30)])).toEqual([0]);
    expect(
      answered([fact('payment.overdue', 30), fact('payment.prepaid', 20), fact('payment.received', 10)]),
    ).toEqual([0]);
    expect(answered([fact('payment.overdue'), fact('payment.final', 100)])).toEqual([0]);
    expect(answered([fact('payment.overdue', 30), fact('payment.prepaid')], null)).toEqual([0]);
  });

  it('leaves what is not paid in whole, was given back, or came before', () => {
    expect(answered([fact('payment.overdue', 30)])).toEqual([]);
    expect(answered([fact('payment.overdue', 30), fact('payment.prepaid', 29)])).toEqual([]);
    expect(
      answered([fact('payment.overdue', 30), fact('payment.prepaid', 30), fact('payment.refunded', 1)]),
    ).toEqual([]);
    expect(answered([fact('payment.prepaid', 30), fact('payment.overdue', 30)])).toEqual([]);
    expect(answered([fact('payment.overdue'), fact('payment.prepaid', 30)])).toEqual([]);
    expect(answered([fact('payment.overdue', 30, true), fact('payment.prepaid', 30)])).toEqual([]);
  });

  it('leaves it while the order itself is late with a payment', () => {
    const days: Days = {
      prepayPercent: 70,
      milestones: [{ code: 'prepay', state: 'overdue', waitsFor: [] }],
    };
    expect(answered([fact('payment.overdue', 30), fact('payment.prepaid', 30)], 100, days)).toEqual([]);
    expect(answered([fact('payment.overdue', 30), fact('payment.prepaid', 70)], 100, days)).toEqual([0]);
  });
});
