import type { MilestoneCode, OrderTemplate } from '../../contracts/order-codes.ts';
import type { ChainEdit } from '../../contracts/orders.ts';
import { dayOf, type Fact, movesOff } from './facts.ts';
import { HELD_BY, type Hold, PLANNED_BY, PROMISED_BY, REACHED_BY } from './fills.ts';
import { goodsOf } from './goods.ts';
import { paidUpBy } from './money.ts';
import { factsOfStage, stagesOf } from './stages.ts';
import { TEMPLATES } from './templates.ts';
import type { Day } from './working-days.ts';

/** What the facts say of a milestone. */
export type Reached = {
  by: Fact | null;
  progress: { done: number; total: number | null };
  /** What holds it up now. */
  held: { fact: Fact; hold: Hold } | null;
  /** `fact` null: a person moved it, and no event names it. */
  planned: { fact: Fact | null; on: Day } | null;
  promisedOn: Day | null;
};

type Order = {
  facts: readonly Fact[];
  template: OrderTemplate;
  contractKop: number | null;
  edits: ReadonlyMap<MilestoneCode, ChainEdit>;
  /** Of what comes in stages only this one. */
  stage?: number | undefined;
};

/** The last event of some types that names a day, or says that none is known any more. */
function lastSaid(
  facts: readonly Fact[],
  types: readonly string[] = [],
): { fact: Fact; on: Day | null } | null {
  const fact = facts.findLast(
    (each) => types.includes(each.type) && (dayOf(each) !== null || movesOff(each)),
  );
  return fact ? { fact, on: dayOf(fact) } : null;
}

/** What holds a milestone up now. */
export function heldNow(facts: readonly Fact[], code: MilestoneCode): { fact: Fact; hold: Hold } | null {
  for (let i = facts.length - 1; i >= 0; i--) {
    const fact = facts[i] as Fact;
    const hold = HELD_BY[fact.type];
    if (hold?.code !== code || fact.isResolved) continue;
    return facts.slice(i + 1).some(({ type }) => hold.endedBy.includes(type)) ? null : { fact, hold };
  }
  return null;
}

function reachedOnce({ facts, template, contractKop }: Order, code: MilestoneCode): Fact | null {
  if (code === 'prepay')
    return paidUpBy(facts, contractKop, {
      percent: TEMPLATES[template].prepayPercent,
      byWord: 'payment.prepaid',
    });
  if (code === 'payment') return paidUpBy(facts, contractKop, { percent: 100, byWord: 'payment.final' });
  if (code === 'ready') return goodsOf(facts).by;
  // What was undone is reached by the first that came after it.
  const undone = facts.findLastIndex(({ type, isResolved }) => {
    const hold = HELD_BY[type];
    return hold?.code === code && hold.undoes && !isResolved;
  });
  return facts.slice(undone + 1).find(({ type }) => REACHED_BY[code]?.includes(type)) ?? null;
}

/** What was said last, by an event or by a person who moved it. */
function plannedFor({ facts, edits }: Order, code: MilestoneCode): Reached['planned'] {
  const told = lastSaid(facts, PLANNED_BY[code]);
  const edit = edits.get(code);
  if (edit?.kind === 'move' && edit.on !== null && !(told && told.fact.at > Date.parse(edit.at)))
    return { fact: null, on: edit.on };
  return told?.on ? { fact: told.fact, on: told.on } : null;
}

/** What the facts of an order say of one of its milestones. */
export function reachedOf(order: Order, code: MilestoneCode): Reached {
  const { template, stage } = order;
  const isStaged = TEMPLATES[template].staged.includes(code);
  const facts = isStaged && stage !== undefined ? factsOfStage(order.facts, stage) : order.facts;
  let by: Fact | null;
  let progress: Reached['progress'];
  const stages = isStaged && stage === undefined ? stagesOf(facts) : 1;
  if (stages > 1) {
    const ends = Array.from({ length: stages }, (_, i) =>
      reachedOnce({ ...order, facts: factsOfStage(facts, i + 1) }, code),
    ).filter((fact) => fact !== null);
    by = ends.length === stages ? ends.reduce((last, end) => (end.at > last.at ? end : last)) : null;
    progress = { done: ends.length, total: stages };
  } else {
    by = reachedOnce({ ...order, facts }, code);
    const goods = code === 'ready' ? goodsOf(facts) : null;
    progress =
      goods && (goods.done > 0 || goods.total !== null)
        ? { done: goods.done, total: goods.total }
        : { done: by ? 1 : 0, total: 1 };
  }
  const held = heldNow(facts, code);
  if (held?.hold.undoes) by = null;
  return {
    by,
    progress,
    held: by ? null : held,
    planned: plannedFor({ ...order, facts }, code),
    promisedOn: lastSaid(facts, PROMISED_BY[code])?.on ?? null,
  };
}
