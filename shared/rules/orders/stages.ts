// The stages in which some orders are made: events name theirs (`stage`).
import type { Fact } from './facts.ts';
import { TOTAL_BY } from './fills.ts';

/** A number beyond it was typed wrong, and each stage costs a look at all facts. */
const STAGES_MOST = 100;

/** Where nothing says otherwise there is one stage. */
export const stageOf = ({ payload: { stage } }: Fact): number =>
  typeof stage === 'number' && stage >= 1 && stage <= STAGES_MOST ? stage : 1;

/** How many stages an order has: as many as its events name. */
export const stagesOf = (facts: readonly Fact[]): number => Math.max(1, ...facts.map(stageOf));

/** What was done in a stage. How many goods there will be is said of the whole order, unless a stage is named. */
export const factsOfStage = (facts: readonly Fact[], stage: number): Fact[] =>
  facts.filter(
    (fact) => stageOf(fact) === stage && (fact.payload.stage !== undefined || !TOTAL_BY.includes(fact.type)),
  );
