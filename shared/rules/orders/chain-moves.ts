import type { ChainMove, OrderChain } from '../../contracts/orders.ts';

type Chain = Pick<OrderChain, 'milestones'>;

/** Which milestones are expected on another day in the second of two chains of one order. */
export function movedBy(before: Chain, after: Chain): ChainMove[] {
  const was = new Map(before.milestones.map(({ code, forecastOn }) => [code, forecastOn]));
  return after.milestones.flatMap(({ code, forecastOn }) => {
    const from = was.get(code) ?? null;
    return from !== null && forecastOn !== null && from !== forecastOn
      ? [{ code, from, to: forecastOn }]
      : [];
  });
}
