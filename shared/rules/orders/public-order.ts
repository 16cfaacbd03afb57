import { PUBLIC_MILESTONES, type PublicMilestone, type PublicOrder } from '../../contracts/customer.ts';
import type { OrderChain } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';
import { standingDay } from './standing-day.ts';

type Chain = Pick<OrderChain, 'template' | 'status' | 'flags' | 'milestones' | 'todayOn'> & {
  facts: readonly Fact[];
};

const INSTALL = PUBLIC_MILESTONES.indexOf('install');

/**
 * What a customer may know of an order: each field is named here, so that a new one of the order stays inside. There is
 * one day of the installation, that by which the order stands, and no other day to come contradicts it.
 */
export function publicOrder(number: string, chain: Chain): PublicOrder {
  const { status, flags, milestones, todayOn } = chain;
  const state = flags.includes('cancelled')
    ? 'cancelled'
    : flags.includes('paused')
      ? 'paused'
      : status === 'closed'
        ? 'done'
        : 'active';
  const shown = PUBLIC_MILESTONES.flatMap((code, place) => {
    const found = milestones.find((each) => each.code === code);
    return found && found.state !== 'skipped' ? [{ ...found, code, place }] : [];
  });
  const next = shown.find((each) => each.state !== 'done')?.code;
  const install = shown.find(({ code, state: stage }) => code === 'install' && stage !== 'done');
  const named = install ? standingDay(chain) : null;
  const isUnsettled = state === 'active' && named !== null && named.isUnsettled;
  const installOn = named?.on ?? install?.plannedOn ?? null;
  const fits = (day: string, place: number): boolean => {
    if (installOn === null) return true;
    return place < INSTALL ? day <= installOn : day >= installOn && !isUnsettled;
  };
  const told = shown.map(({ code, place, ...each }): PublicMilestone => {
    const stage = each.state === 'done' ? 'done' : code === next ? 'next' : 'later';
    const wanted = code === 'install' ? installOn : each.plannedOn;
    const isNamed = state === 'active' && wanted !== null && wanted >= todayOn && fits(wanted, place);
    const day = stage === 'done' ? each.actualOn : isNamed ? wanted : null;
    return {
      code,
      state: stage,
      on: day,
      isPromised: stage !== 'done' && day !== null && day === each.promisedOn,
    };
  });
  const { on = null, isPromised = false } = told.find(({ code }) => code === 'install') ?? {};
  return {
    number,
    state,
    milestones: told,
    installation: install && (on !== null || isUnsettled) ? { on, isPromised } : null,
  };
}
