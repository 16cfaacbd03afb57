import type { Id } from '../../contracts/id.ts';
import type { NamedFact, OrderChain } from '../../contracts/orders.ts';
import { SUMS } from './contradictions.ts';
import { stockFor } from './stock.ts';

/**
 * A chain as one reader may see it. States and days are what an order's line says of it, to everybody who sees the
 * line; the words of an event are for who reads the event, sums for who sees sums.
 */
export function chainFor(
  chain: OrderChain,
  { seesSums, readable }: { seesSums: boolean; readable: ReadonlySet<Id> },
): OrderChain {
  const fact = (named: NamedFact | null): NamedFact | null =>
    named && named.eventId !== null && !readable.has(named.eventId)
      ? { ...named, eventId: null, text: '' }
      : named;
  return {
    ...chain,
    money: seesSums ? chain.money : null,
    goods: stockFor(chain.goods, readable),
    milestones: chain.milestones.map((milestone) => ({
      ...milestone,
      why: milestone.why.map((cause) => ({ ...cause, fact: fact(cause.fact) })),
    })),
    contradictions: chain.contradictions
      .filter(({ kind }) => seesSums || !SUMS.has(kind))
      .map((each) => ({ ...each, fact: fact(each.fact) })),
  };
}
