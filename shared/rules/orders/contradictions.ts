// What of an order cannot all be true. Nothing is changed by it: people are shown what does not fit, and by which form it
// is settled.
import { isId } from '../../contracts/id.ts';
import type { EventType } from '../../contracts/modules.ts';
import type { MilestoneCode, ProjectStatus } from '../../contracts/order-codes.ts';
import type { ChainContradiction, Milestone, OrderGoods } from '../../contracts/orders.ts';
import { type Fact, type FactEvent, named } from './facts.ts';
import { ENTERED_BY, FACT_TYPES, FINISHED_BY, REACHED_BY, STARTED_BY } from './fills.ts';
import { agreedKop } from './money.ts';
import { stageOf } from './stages.ts';
import type { Work } from './work.ts';

type Kind = ChainContradiction['kind'];
/** One that announces itself, without the fact that shows it: those are read with the order. */
export type Found = Pick<ChainContradiction, 'kind' | 'code' | 'needs'>;

type Told = {
  milestones: readonly Milestone[];
  facts: readonly Fact[];
  unbelievable: readonly Fact[];
  goods: OrderGoods;
  works: readonly Work[];
  amountKop: number | null;
  debtKop: number | null;
  /** What a person has set the order to, whatever its events say. */
  setStatus: ProjectStatus | null;
};

/** Money comes when it comes: whoever pays before the act has contradicted nobody. */
const ANY_TIME: readonly MilestoneCode[] = ['payment'];
const INSTALLED_BY: readonly string[] = [...STARTED_BY, ...FINISHED_BY, ...(REACHED_BY.install ?? [])];

/** What does not fit together in an order. */
export function contradictionsOf(order: Told): ChainContradiction[] {
  const { milestones, facts, unbelievable, goods, works, amountKop, debtKop, setStatus } = order;
  const found: ChainContradiction[] = [];
  const say = (kind: Kind, code: MilestoneCode | null = null, more: Partial<ChainContradiction> = {}) =>
    found.push({ kind, code, needs: null, fact: null, ...more });
  const byCode = new Map(milestones.map((milestone) => [milestone.code, milestone]));
  const isDone = (code: MilestoneCode) => byCode.get(code)?.state === 'done';
  const isOpen = (code: MilestoneCode) => byCode.has(code) && !isDone(code) && !isSkipped(byCode.get(code));

  for (const { code, actualOn, needs } of milestones) {
    if (actualOn === null || ANY_TIME.includes(code)) continue;
    for (const need of needs) {
      const before = byCode.get(need.code)?.actualOn ?? null;
      if (before === null) say('without', code, { needs: need.code });
      else if (actualOn < before) say('before', code, { needs: need.code });
    }
  }
  if (isDone('payment') && isOpen('contract')) say('unsigned', 'payment', { needs: 'contract' });
  if (goods.arrived.n > 0 && goods.shipped.n > goods.arrived.n) say('goods', 'ship', { needs: 'ready' });
  const readyOn = isOpen('ready') ? (byCode.get('ready')?.forecastOn ?? null) : null;
  const early = works.find(
    // Where goods come in stages, only the calendar knows which of them are awaited.
    ({ state, isPlanned, startOn, stages }) =>
      state === 'planned' && isPlanned && stages === 1 && readyOn !== null && startOn <= readyOn,
  );
  if (early) say('early', 'install', { needs: 'ready', fact: early.plannedBy && named(early.plannedBy) });
  for (const { code, promisedOn, forecastOn, actualOn } of milestones) {
    if (actualOn === null && promisedOn !== null && forecastOn !== null && promisedOn < forecastOn)
      say('promised', code);
  }
  const other = strangersOf(facts, works)[0];
  if (other) say('crews', 'install', { fact: named(other) });
  if (setStatus === 'closed' && isOpen('payment')) say('debt', 'payment');
  for (const fact of unbelievable) say('date', null, { fact: named(fact) });
  const agreed = agreedKop(facts);
  if (amountKop !== null && agreed !== null && amountKop !== agreed) say('amount');
  if (debtKop !== null && debtKop < 0) say('overpaid');
  return found;
}

const isSkipped = (milestone: Milestone | undefined) => milestone?.state === 'skipped';

/** What was begun or done by another crew than was sent. An id and a name may be the same crew. */
function strangersOf(facts: readonly Fact[], works: readonly Work[]): Fact[] {
  return works.flatMap(({ stage, plannedBy }) => {
    const sent = plannedBy?.payload.crew;
    if (!plannedBy || typeof sent !== 'string') return [];
    return facts.slice(facts.findIndex(({ id }) => id === plannedBy.id) + 1).filter((fact) => {
      const { crew } = fact.payload;
      if (!INSTALLED_BY.includes(fact.type) || typeof crew !== 'string') return false;
      return stageOf(fact) === stage && isId(crew) === isId(sent) && !isSame(crew, sent);
    });
  });
}

const isSame = (one: string, other: string) =>
  one.trim().toLocaleLowerCase('ru') === other.trim().toLocaleLowerCase('ru');

/** What was left out on the way is worth an event where it can hardly be true; the rest is often only not told. */
const IMPOSSIBLE: Partial<Record<MilestoneCode, MilestoneCode>> = {
  launch: 'prepay',
  ship: 'ready',
  install: 'ship',
  act: 'install',
};
const ANNOUNCED: ReadonlySet<Kind> = new Set(['unsigned', 'goods', 'early', 'crews', 'debt']);

/** So long after the last fact was written down something that does not fit may only be not told yet. */
const QUIET_MS = 5 * 60_000;
/** From when on what was found announces itself; null: nothing says when its facts were written down. */
export function quietFrom(events: readonly Pick<FactEvent, 'type' | 'recordedAt'>[]): Date | null {
  // What the desk itself says of an order is no fact of it.
  const facts = events.filter(({ type }) => FACT_TYPES.includes(type));
  const last = facts.reduce((most, { recordedAt }) => Math.max(most, recordedAt?.getTime() ?? 0), 0);
  return last === 0 ? null : new Date(last + QUIET_MS);
}

/**
 * Those that announce themselves as events. Sums are not for everybody who reads events of the order, so what is wrong
 * with them is shown on its page only; that what was promised will be late is told by its deadlines.
 */
export function announcedOf(contradictions: readonly ChainContradiction[]): Found[] {
  const found = contradictions.filter(
    ({ kind, code, needs }) =>
      ANNOUNCED.has(kind) || (kind === 'without' && code !== null && IMPOSSIBLE[code] === needs),
  );
  return found.map(({ kind, code, needs }) => ({ kind, code, needs }));
}

/** Who may not see sums is not told that they differ. */
export const SUMS: ReadonlySet<Kind> = new Set(['amount', 'overpaid']);

/** The event by which a contradiction is settled, where entering one settles it; an installation is moved in the calendar. */
export function settledBy({ kind, needs }: Found): EventType | 'calendar' | null {
  if (kind === 'without' || kind === 'unsigned') return needs && (ENTERED_BY[needs][0] ?? null);
  return SETTLED_BY[kind] ?? null;
}

const SETTLED_BY: Partial<Record<Kind, EventType | 'calendar'>> = {
  goods: 'item.arrived',
  early: 'calendar',
  promised: 'install.confirmed',
  crews: 'crew.changed',
  debt: 'payment.final',
  amount: 'contract.amended',
  overpaid: 'payment.refunded',
};
