import type { Fact } from './facts.ts';
import { GOODS_TYPES } from './fills.ts';

/** A number that counts something; null: none was said. */
export const count = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 ? value : null;

/** How many of the goods have arrived, of how many, and by which fact the last one did. */
export function goodsOf(facts: readonly Fact[]): { done: number; total: number | null; by: Fact | null } {
  let arrived = 0;
  let total: number | null = null;
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
