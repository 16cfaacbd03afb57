import type { OrderChain, OrderStage } from '../../contracts/orders.ts';
import { type Day, dayKind } from './working-days.ts';

/** Why an order of which no milestone is late cannot be called on plan all the same. */
export type OffPlan =
  /** Its installation was set or promised for a day, and comes out on a later one. */
  | { kind: 'later'; on: Day; forecastOn: Day; isDayOff: boolean }
  /** Something in it does not fit. */
  | { kind: 'contradiction' };

/** Null: nothing speaks against it. */
export function offPlan({
  milestones,
  stages,
  contradictions,
}: Pick<OrderChain, 'milestones' | 'stages' | 'contradictions'>): OffPlan | null {
  const forecastOf = (of: Pick<OrderStage, 'milestones'>): Day | null =>
    (of.milestones.length > 0 ? of.milestones : milestones).find(
      ({ code, state }) => code === 'install' && state !== 'done',
    )?.forecastOn ?? null;
  const set = [
    ...stages.map((stage) => ({
      on: stage.work?.state === 'planned' ? stage.work.startOn : null,
      forecastOn: forecastOf(stage),
    })),
    ...milestones
      .filter(({ state }) => state !== 'done')
      .map(({ promisedOn, forecastOn }) => ({ on: promisedOn, forecastOn })),
  ];
  for (const { on, forecastOn } of set)
    if (on !== null && forecastOn !== null && on < forecastOn)
      return { kind: 'later', on, forecastOn, isDayOff: dayKind(on) === 'off' };
  return contradictions.length > 0 ? { kind: 'contradiction' } : null;
}
