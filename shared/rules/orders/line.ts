// What of a chain stands on its order, so that lists are sorted and filtered by it and nobody derives a page of chains.
import type {
  LineMilestone,
  Milestone,
  MilestoneCode,
  OrderChain,
  OrderLine,
} from '../../contracts/orders.ts';
import { type ChainOf, chainOf } from './chain.ts';
import { type Deadline, deadlinesOf, nextTurnOf } from './deadlines.ts';
import { rank } from './status.ts';
import { type Day, workingDaysBetween } from './working-days.ts';

/** Raise it when the rules of the chain change: every order is derived anew. */
export const RULES = 3;

type Chain = Pick<
  OrderChain,
  'milestones' | 'status' | 'flags' | 'money' | 'lastFact' | 'todayOn' | 'contradictions'
>;

/** The line of an order but for its version. */
export function lineOf(chain: Chain): Omit<OrderLine, 'version'> {
  const { milestones, status, flags, money, lastFact, todayOn } = chain;
  const target = targetOf(milestones);
  const isLive = !flags.includes('cancelled') && !flags.includes('paused') && status !== 'closed';
  const ready = milestones.find(({ code }) => code === 'ready');
  const next = milestones.find(isNext)?.code ?? null;
  return {
    milestones: milestones.map(
      ({ code, state, slipWd, progress, plannedOn, promisedOn, forecastOn, actualOn }): LineMilestone => ({
        code,
        state,
        slipWd,
        progress,
        plannedOn,
        promisedOn,
        forecastOn,
        actualOn,
      }),
    ),
    status,
    flags,
    target,
    next: isLive ? next : null,
    isLate: isLive && target !== null && !target.isDone && target.slipWd > 0,
    risk: isLive ? riskOf(milestones, target, todayOn) : 0,
    items: ready ? ready.progress : { done: 0, total: null },
    money,
    lastFact,
  };
}

const isOpen = ({ state }: Milestone): boolean => state !== 'done' && state !== 'skipped';
const isNext = (milestone: Milestone): boolean => isOpen(milestone) && milestone.waitsFor.length === 0;

const TARGETS: readonly MilestoneCode[] = ['install', 'ship', 'ready'];

function targetOf(milestones: readonly Milestone[]): OrderLine['target'] {
  const byCode = new Map(milestones.map((milestone) => [milestone.code, milestone]));
  for (const code of TARGETS) {
    const milestone = byCode.get(code);
    const on = milestone?.actualOn ?? milestone?.forecastOn ?? null;
    if (!milestone || on === null) continue;
    const { slipWd, baselineSlipWd, actualOn } = milestone;
    return { code, on, slipWd, baselineSlipWd, isDone: actualOn !== null };
  }
  return null;
}

/** Of what is worth counting: so much at most. */
const MOST_SLIP = 200;
const NEAR_WD = 10;

/**
 * How much is in danger. First by how many working days the customer will wait longer; then whether something stands
 * still, how much that could be done is overdue, and how near the day is.
 */
function riskOf(milestones: readonly Milestone[], target: OrderLine['target'], todayOn: Day): number {
  const next = milestones.filter(isNext);
  const overdue = Math.min(9, next.filter(({ state }) => state === 'overdue').length);
  const isBlocked = next.some(({ state }) => state === 'blocked');
  if (!target || target.isDone) return overdue * 10;
  const slip = Math.max(0, Math.min(MOST_SLIP, target.slipWd));
  const away = target.on <= todayOn ? 0 : workingDaysBetween(todayOn, target.on);
  return slip * 1_000 + (isBlocked ? 500 : 0) + overdue * 20 + Math.max(0, NEAR_WD - away);
}

/** When a line may be another one though nothing has happened; null: never. */
function staleAtOf({ milestones, contradictions, todayOn }: Chain, zone: string, now: Date): Date | null {
  // A fact of tomorrow becomes one tomorrow.
  const waits = milestones.some(isOpen) || contradictions.some(({ kind }) => kind === 'date');
  return waits ? nextTurnOf(todayOn, zone, now) : null;
}

/** A line with what its order keeps beside it. */
export type KeptLine = OrderLine & {
  /** Of which rules it is; 0: it has not been derived yet. */
  rules: number;
  staleAt: Date | null;
  /** False: the order has more facts than are read, and the oldest were left out. */
  isWhole: boolean;
  /** Of its milestones, those deadlines that have come up. */
  deadlines: Deadline[];
  /** What lists are sorted by; no key is ever missing. */
  keys: { slip: number; debt: number; on: Day; stage: number };
};

/** The line of an order, derived from its events. The version is for whoever keeps it to say. */
export function deriveLine(order: ChainOf, { isWhole = true } = {}): Omit<KeptLine, 'version'> {
  const chain = chainOf(order);
  const line = lineOf(chain);
  const { zone, now } = order;
  return {
    ...line,
    rules: RULES,
    staleAt: staleAtOf(chain, zone, now),
    isWhole,
    deadlines: line.flags.includes('cancelled') ? [] : deadlinesOf(chain.milestones, order),
    keys: keysOf(line),
  };
}

/** Where a list by the day of the installation ends: nobody waits for these. */
const NEVER: Day = '9999-12-31';

/** Nobody waits for what is over, and nobody owes for what was called off. */
const keysOf = ({ target, isLate, flags, money, status }: Omit<OrderLine, 'version'>): KeptLine['keys'] => ({
  slip: isLate ? (target?.slipWd ?? 0) : 0,
  debt: flags.includes('cancelled') ? 0 : Math.max(0, money?.debtKop ?? 0),
  on: target && !target.isDone && !flags.includes('cancelled') ? target.on : NEVER,
  stage: rank(status),
});
