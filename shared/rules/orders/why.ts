import type { MilestoneCode } from '../../contracts/order-codes.ts';
import type { Cause, Milestone } from '../../contracts/orders.ts';
import { named } from './facts.ts';
import type { Planned } from './planner.ts';
import type { Reached } from './reached.ts';

type Chain = {
  all: ReadonlyMap<MilestoneCode, Milestone>;
  reached: ReadonlyMap<MilestoneCode, Reached>;
  forecast: ReadonlyMap<MilestoneCode, Planned<MilestoneCode>>;
};

type Slip = 'slipWd' | 'baselineSlipWd';

/**
 * Why a milestone is late: from it back to what made it so, naming the facts. Empty where it is not late.
 * @param slip what it is late by: of what breaks a promise that is the baseline, for a plan is moved with what it needs
 */
export function whyLate(milestone: Milestone, chain: Chain, slip: Slip = 'slipWd'): Cause[] {
  const { code, forecastOn, actualOn, promisedOn, [slip]: slipWd } = milestone;
  if (slipWd <= 0 || forecastOn === null) return [];
  const { by = null, held = null, planned = null } = chain.reached.get(code) ?? {};
  const needed = chain.all.get(chain.forecast.get(code)?.after ?? code);
  const next: Slip = promisedOn === null || (needed && needed.slipWd > 0) ? slip : 'baselineSlipWd';
  const isNeededLate = needed !== undefined && needed.code !== code && needed[next] > 0;
  const cause = (kind: Cause['kind'], fact: Cause['fact'] = null): Cause => ({ code, slipWd, kind, fact });
  if (actualOn !== null && by) {
    const late = cause('late', named(by));
    return isNeededLate ? [late, ...whyLate(needed, chain, next)] : [late];
  }
  // What is known of the milestone itself goes before what it waits for.
  if (held) return [cause('held', named(held.fact))];
  if (isNeededLate) return [cause('follows'), ...whyLate(needed, chain, next)];
  if (planned && planned.on === forecastOn) return [cause('set', planned.fact && named(planned.fact))];
  return [cause('waiting')];
}
