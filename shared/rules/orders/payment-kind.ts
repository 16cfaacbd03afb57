import type { OrderTemplate } from '../../contracts/order-codes.ts';
import type { LineMilestone } from '../../contracts/orders.ts';
import { prepaymentOf } from './money.ts';

export type PaidOrder = {
  template: OrderTemplate;
  /** Null: nobody has named it. */
  contractKop: number | null;
  milestones: readonly Pick<LineMilestone, 'code' | 'state'>[];
  /** What was paid before, as whoever tells of the payment knows it. */
  paidKop: number;
};

/**
 * What money is that has come in, where only the sum is told: a prepayment as long as the order waits for one and
 * production has not begun; else a payment like any other. The customer is written to of a prepayment.
 */
export function paymentKind({ template, contractKop, milestones, paidKop }: PaidOrder) {
  const stateOf = (code: LineMilestone['code']) => milestones.find((each) => each.code === code)?.state;
  const isOver = (state: LineMilestone['state'] | undefined) =>
    state === undefined || state === 'done' || state === 'skipped';
  const wasPaid = contractKop !== null && contractKop > 0 && paidKop >= prepaymentOf(contractKop, template);
  return isOver(stateOf('prepay')) || stateOf('launch') === 'done' || wasPaid
    ? 'payment.received'
    : 'payment.prepaid';
}
