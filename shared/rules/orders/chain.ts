// The chain of an order: a pure function of its events, its template, its card and the day. Nothing is added up along
// the way, so the same events give the same chain in whatever order and however often they came.
import type { MilestoneCode, OrderTemplate, ProjectStatus } from '../../contracts/order-codes.ts';
import type { ChainEdit, Milestone, MilestoneState, OrderChain } from '../../contracts/orders.ts';
import { contradictionsOf } from './contradictions.ts';
import { LEAD_WD } from './deadlines.ts';
import { dayIn, type Fact, type FactEvent, factsOf } from './facts.ts';
import { REACHED_BY } from './fills.ts';
import { moneyOf, overdueOf } from './money.ts';
import { plan, type Step } from './planner.ts';
import { type Reached, reachedOf } from './reached.ts';
import { statusOf } from './status.ts';
import { stockOf } from './stock.ts';
import { editsInForce, milestonesOf, TEMPLATES } from './templates.ts';
import { whyLate } from './why.ts';
import { type Work, workOf } from './work.ts';
import { addWorkingDays, type Day, workingDaysBetween, yearsUnknown } from './working-days.ts';

export type ChainOf = {
  template: OrderTemplate;
  zone: string;
  createdAt: Date;
  /** The sum on the order's card. */
  amountKop: number | null;
  now: Date;
  events: readonly FactEvent[];
  /** What people have decided about its milestones, oldest first. */
  edits?: readonly ChainEdit[];
  /** What a person has set it to, whatever its events say. */
  setStatus?: ProjectStatus | null;
};

/** The chain of an order. */
export const chainOf = (order: ChainOf): Omit<OrderChain, 'isWhole'> => derive(order).chain;

/** The chain of an order, the facts that it is derived from, and the installations that they name. */
export function derive(order: ChainOf): {
  chain: Omit<OrderChain, 'isWhole'>;
  facts: Fact[];
  works: Work[];
} {
  const { template, zone, createdAt, amountKop, now, events, edits: decided = [], setStatus = null } = order;
  const todayOn = dayIn(zone, now);
  const { facts, unbelievable } = factsOf(events, zone, todayOn);
  const money = moneyOf(facts, amountKop);
  const flags = flagsOf(facts);
  const edits = editsInForce(decided);
  const all = milestonesOf(template, decided);
  const steps = all.filter(({ isOff }) => !isOff);
  const reached = new Map(
    steps.map(({ code }) => [
      code,
      reachedOf({ facts, template, contractKop: money.contractKop, edits }, code),
    ]),
  );
  const of = (code: MilestoneCode) => reached.get(code) as Reached;
  const createdOn = dayIn(zone, createdAt);
  // An order may be entered after what happened to it.
  const startOn = facts[0] && facts[0].on < createdOn ? facts[0].on : createdOn;

  const fromStart = plan(steps.map((step): Step<MilestoneCode> => ({ ...step, notBefore: startOn })));
  // What a customer ponders before the contract is nobody's delay: from there on the days are counted anew.
  const signedOn = reached.get('contract')?.by?.on ?? null;
  const anew = steps.map(
    (step): Step<MilestoneCode> => ({
      ...step,
      notBefore: startOn,
      doneOn: step.code === 'contract' ? signedOn : null,
    }),
  );
  const asAgreed = plan(anew);
  const planned = plan(
    anew.map((step) => ({ ...step, notBefore: later(startOn, of(step.code).planned?.on) })),
  );
  const forecast = plan(
    steps.map(({ code, needs }): Step<MilestoneCode> => {
      const { by, held, planned: set } = of(code);
      return {
        code,
        needs,
        doneOn: by?.on ?? null,
        notBefore: later(todayOn, set?.on, held && heldUntil(held)),
      };
    }),
  );

  const drafts = new Map<MilestoneCode, Milestone>();
  for (const { code, owner, needs, isOff } of all) {
    if (isOff) {
      drafts.set(code, skipped(code, owner, edits.get(code)));
      continue;
    }
    const { by, progress, held, promisedOn } = of(code);
    const isOurs = code !== 'measure' && code !== 'contract';
    const baselineOn = (isOurs ? asAgreed : fromStart).get(code)?.on as Day;
    const plannedOn = code === 'contract' ? baselineOn : (planned.get(code)?.on as Day);
    const forecastOn = forecast.get(code)?.on as Day;
    const wantedOn = promisedOn ?? plannedOn;
    const isOver = by === null && flags.includes('cancelled');
    drafts.set(code, {
      code,
      owner,
      needs,
      state: isOver
        ? 'skipped'
        : by
          ? 'done'
          : flags.includes('paused') || held?.hold.isBlocked
            ? 'blocked'
            : stateOn(wantedOn, todayOn),
      waitsFor: by || isOver ? [] : needs.map((need) => need.code).filter((need) => !of(need).by),
      baselineOn,
      plannedOn,
      promisedOn,
      forecastOn: isOver ? null : forecastOn,
      actualOn: by?.on ?? null,
      progress,
      slipWd: isOver ? 0 : workingDaysBetween(wantedOn, forecastOn),
      baselineSlipWd: isOver ? 0 : workingDaysBetween(baselineOn, forecastOn),
      why: [],
      edit: edits.get(code) ?? null,
    });
  }
  const milestones = [...drafts.values()].map((milestone) => ({
    ...milestone,
    why: whyLate(milestone, { all: drafts, reached, forecast }),
  }));
  const days = milestones.flatMap(({ baselineOn, plannedOn, promisedOn, forecastOn }) =>
    [baselineOn, plannedOn, promisedOn, forecastOn].filter((day) => day !== null),
  );
  const last = facts.at(-1);
  const goods = stockOf(facts);
  const works = workOf(facts, template, decided);
  const chain = {
    template,
    todayOn,
    milestones,
    status: statusOf(milestones, facts),
    money: {
      ...money,
      overdueKop: flags.includes('cancelled')
        ? 0
        : overdueOf(facts, money, { milestones, prepayPercent: TEMPLATES[template].prepayPercent }),
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
    yearsUnknown: yearsUnknown(days),
  };
  return { chain, facts, works };
}

/** The last of some days. */
const later = (first: Day, ...others: (Day | null | undefined)[]): Day =>
  others.reduce<Day>((last, day) => (day && day > last ? day : last), first);

const heldUntil = ({ fact, hold }: NonNullable<Reached['held']>): Day =>
  fact.dueOn ?? addWorkingDays(fact.on, hold.delayWd);

function stateOn(wantedOn: Day, todayOn: Day): MilestoneState {
  if (wantedOn < todayOn) return 'overdue';
  if (wantedOn === todayOn) return 'due';
  return wantedOn <= addWorkingDays(todayOn, LEAD_WD) ? 'approaching' : 'planned';
}

const skipped = (code: MilestoneCode, owner: Milestone['owner'], edit?: ChainEdit): Milestone => ({
  code,
  owner,
  needs: [],
  state: 'skipped',
  waitsFor: [],
  baselineOn: null,
  plannedOn: null,
  promisedOn: null,
  forecastOn: null,
  actualOn: null,
  progress: { done: 0, total: 0 },
  slipWd: 0,
  baselineSlipWd: 0,
  why: [],
  edit: edit ?? null,
});

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
