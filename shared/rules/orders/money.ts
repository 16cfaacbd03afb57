import type { OrderTemplate } from '../../contracts/order-codes.ts';
import type { Milestone, OrderMoney, PartyMoney } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';
import { AGREED_BY, OVERDUE_BY, PAID_BY, REFUNDED_BY } from './fills.ts';
import { TEMPLATES } from './templates.ts';

/** The sum that an event names, kopecks; null: none that can be counted. */
function sumOf({ payload: { amountKop } }: Fact): number | null {
  return typeof amountKop === 'number' && Number.isSafeInteger(amountKop) && amountKop >= 0
    ? amountKop
    : null;
}

const signed = (fact: Fact): number =>
  PAID_BY.includes(fact.type)
    ? (sumOf(fact) ?? 0)
    : REFUNDED_BY.includes(fact.type)
      ? -(sumOf(fact) ?? 0)
      : 0;

/** The sum of the newest contract that names one. */
export function agreedKop(facts: readonly Fact[]): number | null {
  const agreed = facts.filter(({ type }) => AGREED_BY.includes(type)).map(sumOf);
  return agreed.findLast((sum) => sum !== null) ?? null;
}

type Paid = Omit<OrderMoney, 'overdueKop'>;
const total = (facts: readonly Fact[], kop: (fact: Fact) => number): number =>
  facts.reduce((sum, fact) => sum + kop(fact), 0);

/** @param cardKop what somebody wrote on the order's card; it goes before what the contracts say */
export function moneyOf(facts: readonly Fact[], cardKop: number | null): Paid {
  const contractKop = cardKop ?? agreedKop(facts);
  const paidKop = total(facts, signed);
  const refundedKop = total(facts, (fact) => Math.max(0, -signed(fact)));
  return { contractKop, paidKop, refundedKop, debtKop: contractKop === null ? null : contractKop - paidKop };
}

const shareOf = (kop: number, percent: number): number => Math.ceil((kop * percent) / 100);

/** What of a contract is to be paid before production. */
export const prepaymentOf = (contractKop: number, template: OrderTemplate): number =>
  shareOf(contractKop, TEMPLATES[template].prepayPercent);

/** What the days of an order say of its payments. */
type Days = {
  milestones?: readonly Pick<Milestone, 'code' | 'state' | 'waitsFor'>[];
  prepayPercent?: number;
};

/**
 * What of a debt should have been here by now: by the days of the milestones, or because finance says so and nothing
 * has come since.
 */
export function overdueOf(
  facts: readonly Fact[],
  { contractKop, paidKop, debtKop }: Paid,
  { milestones = [], prepayPercent = 0 }: Days = {},
): number {
  const debt = debtKop === null ? null : Math.max(0, debtKop);
  const isLate = (code: Milestone['code']) =>
    milestones.some((each) => each.code === code && each.state === 'overdue' && each.waitsFor.length === 0);
  const planned = isLate('payment')
    ? (debt ?? 0)
    : isLate('prepay')
      ? shareOf(contractKop ?? 0, prepayPercent) - paidKop
      : 0;
  const at = facts.findLastIndex(({ type, isResolved }) => OVERDUE_BY.includes(type) && !isResolved);
  const said = facts[at];
  const told = said ? (sumOf(said) ?? debt ?? 0) - total(facts.slice(at + 1), signed) : 0;
  return Math.max(0, Math.min(debt ?? told, Math.max(planned, told)));
}

/**
 * Of the events that ask for a late payment, those whose money has come since and that are not resolved yet. By what came
 * after they happened; where neither they nor the payments name a sum, by the word of a payment. While something is
 * overdue by the order's own days, it is that money which is missing.
 */
export function paidSince(facts: readonly Fact[], paid: Paid, days: Days): Fact[] {
  const isAsking = ({ type, isResolved }: Fact) => OVERDUE_BY.includes(type) && !isResolved;
  const others = facts.filter((fact) => !isAsking(fact));
  if (others.length === facts.length) return [];
  if (overdueOf(others, paid, days) > 0) return [];
  return facts.filter((fact, at) => {
    if (!isAsking(fact)) return false;
    const since = facts.slice(at + 1);
    const came = since.filter(({ type }) => PAID_BY.includes(type));
    if (came.length === 0) return false;
    if (paid.debtKop !== null && paid.debtKop <= 0) return true;
    if (came.every((each) => sumOf(each) === null)) return true;
    const asked = sumOf(fact);
    return asked !== null && total(since, signed) >= asked;
  });
}

/**
 * What a counterparty owes over all orders: sums, so that a payment counts the same wherever it stands. What names no
 * order is like one more order without a card. What was called off is owed no more; what was paid for it is.
 */
export function partyMoneyOf(
  orders: readonly { money: OrderMoney; isOff: boolean }[],
  loose: readonly Fact[],
): NonNullable<PartyMoney['money']> {
  const aside = moneyOf(loose, null);
  const all = [
    ...orders.map(({ money, isOff }) => (isOff ? { ...money, contractKop: 0, overdueKop: 0 } : money)),
    { ...aside, overdueKop: overdueOf(loose, aside) },
  ];
  type Figure = 'contractKop' | 'paidKop' | 'refundedKop' | 'overdueKop';
  const sum = (of: Figure, some = all) => some.reduce((kop, money) => kop + (money[of] ?? 0), 0);
  const [contractKop, paidKop] = [sum('contractKop'), sum('paidKop')];
  const debtKop = contractKop - paidKop;
  // What was paid without saying for what is missing nowhere any more.
  const owed = all.filter((money) => money.contractKop !== null);
  const unpriced = all.filter((money) => money.contractKop === null);
  return {
    contractKop,
    paidKop,
    refundedKop: sum('refundedKop'),
    debtKop,
    overdueKop: Math.max(0, Math.min(debtKop, sum('overdueKop', owed))) + sum('overdueKop', unpriced),
    looseKop: aside.paidKop,
  };
}

/**
 * The payment by which what was paid came to a share of the contract and has stayed there since. Without a contract's
 * sum, or where payments name none, the word of an event of type `byWord` does.
 */
export function paidUpBy(
  facts: readonly Fact[],
  contractKop: number | null,
  { percent, byWord }: { percent: number; byWord: Fact['type'] },
): Fact | null {
  const payments = facts.filter(({ type }) => PAID_BY.includes(type) || REFUNDED_BY.includes(type));
  if (!contractKop || payments.every((fact) => sumOf(fact) === null))
    return payments.findLast(({ type }) => type === byWord) ?? null;
  const wanted = shareOf(contractKop, percent);
  let paid = 0;
  let by: Fact | null = null;
  for (const fact of payments) {
    paid += signed(fact);
    if (paid < wanted) by = null;
    else by ??= fact;
  }
  return by;
}
