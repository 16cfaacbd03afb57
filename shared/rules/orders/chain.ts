// The chain of an order: a pure function of its events, its template, its card and the day. Nothing is added up along
// the way, so the same events give the same chain in whatever order and however often they came.
import type { OrderTemplate, ProjectStatus } from '../../contracts/order-codes.ts';
import type { ChainEdit, Milestone, OrderChain, OrderStage } from '../../contracts/orders.ts';
import { contradictionsOf } from './contradictions.ts';
import { dayIn, type Fact, type FactEvent, factsOf, type PriorFact } from './facts.ts';
import { REACHED_BY } from './fills.ts';
import { cellOf, datedMilestones } from './milestones.ts';
import { moneyOf, overdueOf, paidSince } from './money.ts';
import { reachedOf } from './reached.ts';
import { stagesOf } from './stages.ts';
import { statusOf } from './status.ts';
import { stockOf } from './stock.ts';
import { editsInForce, milestonesOf, milestonesOfStage, TEMPLATES } from './templates.ts';
import { type Work, workOf } from './work.ts';
import { yearsUnknown } from './working-days.ts';

export type ChainOf = {
  template: OrderTemplate;
  zone: string;
  createdAt: Date;
  /** The sum on the order's card. */
  amountKop: number | null;
  now: Date;
  events: readonly FactEvent[];
  /** What lay behind it when the desk first heard of it. */
  prior?: readonly PriorFact[];
  /** What people have decided about its milestones, oldest first. */
  edits?: readonly ChainEdit[];
  /** What a person has set it to, whatever its events say. */
  setStatus?: ProjectStatus | null;
};

/** The chain of an order. */
export function chainOf(order: ChainOf): Omit<OrderChain, 'isWhole'> {
  const { chain, facts, works, ofStage } = derive(order);
  const { staged } = TEMPLATES[order.template];
  const count = staged.length > 0 ? stagesOf(facts) : 1;
  const stages = Array.from({ length: count }, (_, i): OrderStage => {
    const work = works.find(({ stage }) => stage === i + 1);
    const own = count > 1 ? ofStage(i + 1).filter(({ code }) => staged.includes(code)) : [];
    return { stage: i + 1, work: work ? placeOf(work) : null, milestones: own.map(cellOf) };
  });
  return { ...chain, stages: stages.filter(({ work, milestones }) => work || milestones.length > 0) };
}

const placeOf = ({ startOn, finishOn, crew, state }: Work): OrderStage['work'] => ({
  startOn,
  finishOn,
  crew,
  state,
});

/**
 * The chain of an order, the facts that it is derived from, the installations that they name, and what the chain would be
 * if one of its stages were all of it.
 */
export function derive(order: ChainOf): {
  chain: Omit<OrderChain, 'isWhole' | 'stages'>;
  facts: Fact[];
  works: Work[];
  /** The events that ask for money which has come since. */
  paidSince: Fact[];
  ofStage(stage: number): Milestone[];
} {
  const { template, zone, createdAt, amountKop, now, events, prior = [] } = order;
  const { edits: decided = [], setStatus = null } = order;
  const todayOn = dayIn(zone, now);
  const { facts, unbelievable } = factsOf(events, zone, todayOn, prior);
  const money = moneyOf(facts, amountKop);
  const flags = flagsOf(facts);
  const edits = editsInForce(decided);
  const all = milestonesOf(template, decided);
  const createdOn = dayIn(zone, createdAt);
  // An order may be entered after what happened to it.
  const [startOn = createdOn] = [
    createdOn,
    ...facts.slice(0, 1).map(({ on }) => on),
    ...prior.map(({ on }) => on),
  ].sort();
  const said = { facts, template, contractKop: money.contractKop, edits };
  const ofStage = (stage?: number) => {
    const own = stage === undefined ? all : milestonesOfStage(all, { template, stage, of: stagesOf(facts) });
    const kept = own.filter(({ isOff }) => !isOff);
    const reached = new Map(kept.map(({ code }) => [code, reachedOf({ ...said, stage }, code)]));
    return datedMilestones(own, { reached, startOn, todayOn, flags, edits });
  };
  const milestones = ofStage();
  const named = milestones.flatMap(({ baselineOn, plannedOn, promisedOn, forecastOn }) =>
    [baselineOn, plannedOn, promisedOn, forecastOn].filter((day) => day !== null),
  );
  const last = facts.at(-1);
  const goods = stockOf(facts);
  const works = workOf(facts, template, decided);
  const days = { milestones, prepayPercent: TEMPLATES[template].prepayPercent };
  const chain = {
    template,
    todayOn,
    milestones,
    status: statusOf(milestones, facts),
    money: {
      ...money,
      overdueKop: flags.includes('cancelled') ? 0 : overdueOf(facts, money, days),
    },
    goods,
    flags,
    lastFact: last ? { type: last.type, at: new Date(last.at).toISOString() } : null,
    contradictions: contradictionsOf({
      milestones,
      facts,
      unbelievable,
      goods,
      works: flags.includes('cancelled') ? [] : works,
      amountKop,
      debtKop: money.debtKop,
      setStatus,
    }),
    yearsUnknown: yearsUnknown(named),
  };
  return { chain, facts, works, paidSince: paidSince(facts, money, days), ofStage };
}

/** Nobody says that a pause is over: work that goes on does. */
function flagsOf(facts: readonly Fact[]): OrderChain['flags'] {
  const work = Object.values(REACHED_BY).flat();
  const lastOf = (...types: Fact['type'][]) => facts.findLastIndex(({ type }) => types.includes(type));
  const isOpen = (at: number) => at >= 0 && !facts[at]?.isResolved;
  const paused = lastOf('order.paused');
  const complaint = lastOf('complaint.opened');
  const flags: OrderChain['flags'] = [];
  if (isOpen(paused) && paused > lastOf(...work)) flags.push('paused');
  if (isOpen(lastOf('order.cancelled'))) flags.push('cancelled');
  if (isOpen(complaint) && complaint > lastOf('complaint.closed')) flags.push('complaint');
  return flags;
}
