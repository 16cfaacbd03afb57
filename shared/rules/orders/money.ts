import type { OrderMoney } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';
import { AGREED_BY, PAID_BY, REFUNDED_BY } from './fills.ts';

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

/** @param cardKop what somebody wrote on the order's card; it goes before what the contracts say */
export function moneyOf(facts: readonly Fact[], cardKop: number | null): OrderMoney {
  const contractKop = cardKop ?? agreedKop(facts);
  const paidKop = facts.reduce((sum, fact) => sum + signed(fact), 0);
  return { contractKop, paidKop, debtKop: contractKop === null ? null : contractKop - paidKop };
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
  const wanted = Math.ceil((contractKop * percent) / 100);
  let paid = 0;
  let by: Fact | null = null;
  for (const fact of payments) {
    paid += signed(fact);
    if (paid < wanted) by = null;
    else by ??= fact;
  }
  return by;
}
