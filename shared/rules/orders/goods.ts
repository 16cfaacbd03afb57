import type { Fact } from './facts.ts';
import { GOODS_TYPES, TOTAL_BY } from './fills.ts';
import { factsOfStage, stagesOf } from './stages.ts';

/** A number that counts something; null: none was said. */
export const count = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 ? value : null;

/** How many of the goods have arrived, of how many, and by which fact the last one did. */
export type Goods = { done: number; total: number | null; by: Fact | null };

/** The goods of an order, over all of its stages. */
export function allGoodsOf(facts: readonly Fact[]): Goods {
  const stages = stagesOf(facts);
  if (stages === 1) return goodsOf(facts);
  const each = Array.from({ length: stages }, (_, i) => goodsOf(factsOfStage(facts, i + 1)));
  const totals = each.map(({ total }) => total);
  const ends = each.flatMap(({ by }) => by ?? []);
  return {
    done: each.reduce((sum, { done }) => sum + done, 0),
    total: totals.some((total) => total === null)
      ? totalSaidBy(facts.filter(({ payload }) => payload.stage === undefined))
      : totals.reduce<number>((sum, total) => sum + (total ?? 0), 0),
    by: ends.length === stages ? ends.reduce((last, end) => (end.at > last.at ? end : last)) : null,
  };
}

const totalSaidBy = (facts: readonly Fact[]): number | null =>
  facts.reduce<number | null>(
    (total, { type, payload }) => (TOTAL_BY.includes(type) ? (count(payload.total) ?? total) : total),
    null,
  );

/** The goods of one stage. */
export function goodsOf(facts: readonly Fact[]): Goods {
  let arrived = 0;
  let total = totalSaidBy(facts);
  let by: Fact | null = null;
  for (const fact of facts.filter(({ type }) => GOODS_TYPES.includes(type))) {
    total = count(fact.payload.total) ?? total;
    if (fact.type === 'item.arrived') arrived += count(fact.payload.count) ?? 1;
    arrived = Math.max(arrived, count(fact.payload.ready) ?? 0);
    if (fact.type === 'items.complete') arrived = Math.max(arrived, total ?? 0);
    if (fact.type === 'items.complete' || (total !== null && arrived >= total)) by ??= fact;
    else if (total !== null && arrived < total) by = null;
  }
  return { done: total === null ? arrived : Math.min(arrived, total), total, by };
}
