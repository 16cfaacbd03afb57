// What of a chain stands on its order, so that lists are sorted and filtered by it and nobody derives a page of chains.
import type { Id } from '../../contracts/id.ts';
import type { MilestoneCode, ORDER_FLAGS, OrderTemplate } from '../../contracts/order-codes.ts';
import type {
  Cause,
  LineMilestone,
  Milestone,
  MilestoneState,
  OrderChain,
  OrderLine,
} from '../../contracts/orders.ts';
import { instantOfWall } from '../due.ts';
import { type ChainOf, derive } from './chain.ts';
import { announcedOf, type Found, quietFrom } from './contradictions.ts';
import { type Deadline, deadlinesOf, nextTurnOf } from './deadlines.ts';
import type { Fact } from './facts.ts';
import { cellOf } from './milestones.ts';
import { stagesOf } from './stages.ts';
import { rank } from './status.ts';
import { TEMPLATES } from './templates.ts';
import type { Work } from './work.ts';
import { type Day, workingDaysBetween } from './working-days.ts';

/** Raise it when the rules of the chain change: every order is derived anew. */
export const RULES = 14;

type Chain = Pick<
  OrderChain,
  | 'template'
  | 'milestones'
  | 'status'
  | 'flags'
  | 'money'
  | 'lastFact'
  | 'todayOn'
  | 'contradictions'
  | 'goods'
>;

/** The line of an order but for its version. */
export function lineOf(
  chain: Chain,
  facts: readonly Fact[],
  works: readonly Work[] = [],
): Omit<OrderLine, 'version'> {
  const { milestones, status, flags, money, lastFact, todayOn, goods } = chain;
  const target = targetOf(milestones);
  const isLive = isWorkedOn(chain);
  const next = milestones.find(isNext)?.code ?? null;
  const isLate = isLive && target !== null && !target.isDone && target.slipWd > 0;
  return {
    milestones: milestones.map(cellOf),
    status,
    flags,
    target,
    next: isLive ? next : null,
    isLate,
    why: isLate ? wordless(milestones.find(({ code }) => code === target.code)?.why ?? []) : [],
    risk: isLive ? riskOf(milestones, target, todayOn) : 0,
    items: { done: goods.arrived.n, total: goods.total },
    money,
    lastFact,
    ...(isLive ? datedOf(chain, facts, works) : { stages: 1, undated: [] }),
  };
}

/** What a line says everybody reads; the words of an event are for who may read it. */
const wordless = (why: readonly Cause[]): Cause[] =>
  why.map((cause) => ({ ...cause, fact: cause.fact && { ...cause.fact, eventId: null, text: '' } }));

/**
 * Stages of the installation of which nobody has named a day. It is time to once the contract is signed: before that the
 * customer has chosen nothing.
 */
function datedOf(
  { template, milestones }: Chain,
  facts: readonly Fact[],
  works: readonly Work[],
): Pick<OrderLine, 'stages' | 'undated'> {
  const isOver = (code: MilestoneCode) => milestones.some((each) => each.code === code && !isOpen(each));
  const stages = TEMPLATES[template].staged.includes('install') ? stagesOf(facts) : 1;
  if (!isOver('contract') || isOver('install')) return { stages, undated: [] };
  const dated = new Set(works.map(({ stage }) => stage));
  const all = Array.from({ length: stages }, (_, i) => i + 1);
  return { stages, undated: all.filter((stage) => !dated.has(stage)) };
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

const earlier = (one: Date, other: Date | null): Date => (other && other < one ? other : one);

/** A line with what its order keeps beside it. */
export type KeptLine = OrderLine & {
  /** Of which rules it is; 0: it has not been derived yet. */
  rules: number;
  staleAt: Date | null;
  /** False: the order has more facts than are read, and the oldest were left out. */
  isWhole: boolean;
  /** Of its milestones, those deadlines that have come up. */
  deadlines: Deadline[];
  /** What of it does not fit together, where that announces itself. */
  found: Found[];
  /** The events that name the days of its installations that are in force and ahead. */
  plans: Id[];
  /** From when on it does. */
  quietAt: Date | null;
  /** What lists are sorted and filtered by; no key that is sorted by is ever missing. */
  keys: {
    slip: number;
    debt: number;
    on: Day;
    stage: number;
    template: OrderTemplate;
    flags: (typeof ORDER_FLAGS)[number][];
    /** The day that the customer waits for, at noon where the order lives. */
    at: Date | null;
    /** Null: nothing. */
    owed: number | null;
    overdue: MilestoneCode[];
    blocked: MilestoneCode[];
    done: MilestoneCode[];
    /** The days by which something is still to be done; none of what is over, called off or paused. */
    days: Day[];
  };
};

/** The day by which a milestone is to be done: what was promised goes before what was planned. Null: it is over. */
export const dueOnOf = ({
  state,
  promisedOn,
  plannedOn,
}: Pick<LineMilestone, 'state' | 'promisedOn' | 'plannedOn'>): Day | null =>
  state === 'done' || state === 'skipped' ? null : (promisedOn ?? plannedOn);

/** Whether somebody works on an order: what nobody works on has no deadlines. */
export const isWorkedOn = ({ flags, status }: Pick<OrderLine, 'flags' | 'status'>): boolean =>
  !flags.includes('cancelled') && !flags.includes('paused') && status !== 'closed';

/** The line of an order, derived from its events. The version is for whoever keeps it to say. */
export function deriveLine(order: ChainOf, { isWhole = true } = {}): Omit<KeptLine, 'version'> {
  const { chain, facts, works } = derive(order);
  const line = lineOf(chain, facts, works);
  const { zone, now } = order;
  const quietFromThen = quietFrom(order.events);
  // What lay behind an order that nothing has been told of is shown by its chain, and no news to anybody.
  const isBehind = quietFromThen === null && (order.prior ?? []).length > 0;
  const isSilent = line.flags.includes('cancelled') || isBehind;
  const found = isSilent ? [] : announcedOf(chain.contradictions);
  const quietAt = found.length > 0 ? quietFromThen : null;
  const isWaiting = quietAt !== null && now < quietAt;
  const staleAt = staleAtOf(chain, zone, now);
  return {
    ...line,
    rules: RULES,
    staleAt: isWaiting ? earlier(quietAt, staleAt) : staleAt,
    isWhole,
    deadlines: line.flags.includes('cancelled') ? [] : deadlinesOf(chain.milestones, order),
    found,
    plans: works.flatMap(({ state, dayBy }) => (state === 'planned' && dayBy?.id ? [dayBy.id] : [])),
    quietAt,
    keys: keysOf(line, order, found),
  };
}

/** Where a list by the day of the installation ends: nobody waits for these. */
const NEVER: Day = '9999-12-31';

/** Nobody waits for what is over, and nobody owes for what was called off. */
function keysOf(
  { target, isLate, flags, money, status, milestones, undated }: Omit<OrderLine, 'version'>,
  { template, zone }: Pick<ChainOf, 'template' | 'zone'>,
  found: readonly Found[],
): KeptLine['keys'] {
  const debt = flags.includes('cancelled') ? 0 : Math.max(0, money?.debtKop ?? 0);
  const inState = (wanted: MilestoneState) =>
    milestones.flatMap(({ code, state }) => (state === wanted ? [code] : []));
  return {
    slip: isLate ? (target?.slipWd ?? 0) : 0,
    debt,
    on: target && !target.isDone && !flags.includes('cancelled') ? target.on : NEVER,
    stage: rank(status),
    template,
    flags: [
      ...(isLate ? ['late' as const] : []),
      ...(undated.length > 0 ? ['undated' as const] : []),
      ...(found.length > 0 ? ['contradiction' as const] : []),
      ...flags,
    ],
    at: target && instantOfWall(`${target.on}T12:00:00`, zone),
    owed: debt > 0 ? debt : null,
    overdue: inState('overdue'),
    blocked: inState('blocked'),
    done: inState('done'),
    days: isWorkedOn({ flags, status })
      ? [...new Set(milestones.flatMap((milestone) => dueOnOf(milestone) ?? []))].sort()
      : [],
  };
}
