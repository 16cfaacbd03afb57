import { PUBLIC_MILESTONES, type PublicMilestone, type PublicOrder } from '../../contracts/customer.ts';
import type { Milestone, OrderChain } from '../../contracts/orders.ts';
import type { Day } from './working-days.ts';

type Chain = Pick<OrderChain, 'status' | 'flags' | 'milestones' | 'todayOn'>;

/**
 * What a customer may know of an order: each field is named here, so that a new one of the order stays inside. Days to
 * come are what was promised, else what is planned; that the house expects to be late is for it to say itself.
 */
export function publicOrder(number: string, { status, flags, milestones, todayOn }: Chain): PublicOrder {
  const state = flags.includes('cancelled')
    ? 'cancelled'
    : flags.includes('paused')
      ? 'paused'
      : status === 'closed'
        ? 'done'
        : 'active';
  const shown = PUBLIC_MILESTONES.flatMap((code) => {
    const found = milestones.find((each) => each.code === code);
    return found && found.state !== 'skipped' ? [{ ...found, code }] : [];
  });
  const next = shown.find((each) => each.state !== 'done')?.code;
  const told = shown.map((each): PublicMilestone => {
    const stage = each.state === 'done' ? 'done' : each.code === next ? 'next' : 'later';
    const day = stage === 'done' || state === 'active' ? dayOf(each, todayOn) : null;
    return {
      code: each.code,
      state: stage,
      on: day,
      isPromised: stage !== 'done' && day !== null && day === each.promisedOn,
    };
  });
  const install = told.find(({ code }) => code === 'install');
  const isAhead = install && install.state !== 'done' && install.on !== null;
  return {
    number,
    state,
    milestones: told,
    installation: isAhead ? { on: install.on, isPromised: install.isPromised } : null,
  };
}

/** A day that has gone by without it says nothing. */
function dayOf({ state, actualOn, promisedOn, plannedOn }: Milestone, todayOn: Day): Day | null {
  if (state === 'done') return actualOn;
  const day = promisedOn ?? plannedOn;
  return day !== null && day >= todayOn ? day : null;
}
