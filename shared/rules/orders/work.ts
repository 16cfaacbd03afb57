// Which work is planned when and with whom: a pure function of an order's facts. Of each thing that facts name (days,
// crew, the day that was promised) the latest fact says what holds, latest in the order in which the chain reads them.

import type { Id } from '../../contracts/id.ts';
import type { OrderTemplate } from '../../contracts/order-codes.ts';
import type { ChainEdit } from '../../contracts/orders.ts';
import { dayOf, type Fact, movesOff } from './facts.ts';
import { FINISHED_BY, PLANNED_BY, PROMISED_BY, REACHED_BY, STARTED_BY } from './fills.ts';
import { heldNow } from './reached.ts';
import { stageOf, stagesOf } from './stages.ts';
import { milestonesOf, TEMPLATES } from './templates.ts';
import { addWorkingDays, type Day, daysAfter, workingDaysBetween } from './working-days.ts';

/** The installation of an order, or of one stage of it. */
export type Work = {
  stage: number;
  stages: number;
  startOn: Day;
  finishOn: Day;
  /** The id or name of a crew, as the event has it. */
  crew: string | null;
  /** False: only promised to the customer. */
  isPlanned: boolean;
  state: 'planned' | 'started' | 'done' | 'failed';
  promisedOn: Day | null;
  /** What event planned it last. */
  plannedBy: (Fact & { id: Id }) | null;
  /** What named the day that it begins on; null: nobody, it was done. */
  dayBy: Fact | null;
};

const PLANS = PLANNED_BY.install ?? [];
const PROMISES = PROMISED_BY.install ?? [];
/** What may name the days of an installation. */
export const DAY_NAMING_TYPES = [...PLANS, ...PROMISES];
const DONE = [...(REACHED_BY.install ?? []), ...FINISHED_BY];
/** What may say who does it. */
const NAMING_CREW = [...PLANS, ...STARTED_BY, ...DONE];

/** Whoever plans a year for one installation has typed a wrong year. */
const LONGEST_DAYS = 366;

/** Whether an order has an installation: by its template, or because somebody has brought it in or left it out. */
export const isInstalled = (template: OrderTemplate, edits: readonly ChainEdit[] = []): boolean =>
  milestonesOf(template, edits).some(({ code, isOff }) => code === 'install' && !isOff);

/** The installations of an order, in the order of its stages; none where nobody has named a day yet. */
export function workOf(
  facts: readonly Fact[],
  template: OrderTemplate,
  edits: readonly ChainEdit[] = [],
): Work[] {
  return isInstalled(template, edits) ? worksNamed(facts, template) : [];
}

/** The same of an order that is known to have an installation. */
export function worksNamed(facts: readonly Fact[], template: OrderTemplate): Work[] {
  const { staged } = TEMPLATES[template];
  if (!staged.includes('install')) return [workOfStage(facts, 1, 1)].flatMap((work) => work ?? []);
  const stages = stagesOf(facts);
  return Array.from({ length: stages }, (_, i) => i + 1).flatMap(
    (stage) =>
      workOfStage(
        facts.filter((fact) => stageOf(fact) === stage),
        stage,
        stages,
      ) ?? [],
  );
}

/**
 * Whether it is the first day that anybody names for an installation, or the one that the customer was told of. Any other
 * puts off what somebody counts on, and says why; so does the next one after a day that was taken away.
 */
export function isFirstDay(facts: readonly Fact[], template: OrderTemplate, stage: number, on: Day): boolean {
  const isStaged = TEMPLATES[template].staged.includes('install');
  const own = isStaged ? facts.filter((fact) => stageOf(fact) === stage) : facts;
  const names = (fact: Fact) => dayOf(fact) !== null;
  const isPlanned = own.some(
    (fact) => DONE.includes(fact.type) || (PLANS.includes(fact.type) && (names(fact) || movesOff(fact))),
  );
  const promised = own.findLast((fact) => PROMISES.includes(fact.type) && names(fact));
  return !isPlanned && (!promised || dayOf(promised) === on);
}

function workOfStage(facts: readonly Fact[], stage: number, stages: number): Work | null {
  const lastOf = (types: readonly string[], says: (fact: Fact) => boolean = () => true) =>
    facts.findLastIndex((fact) => types.includes(fact.type) && says(fact));
  const names = (fact: Fact) => dayOf(fact) !== null;
  // What is older than a move to no day holds no more, though the customer was told of it.
  const off = facts.findLastIndex(movesOff);
  const named = lastOf(PLANS, names);
  const planned = named > off ? named : -1;
  const promised = lastOf(PROMISES, names);
  const done = lastOf(DONE);
  const at = (index: number): Fact | null => facts[index] ?? null;
  const promisedOn = promised < 0 ? null : dayOf(at(promised) as Fact);
  // What was planned anew after it had been done is to be done again, also where that plan holds no more.
  const isDone = done >= 0 && done > named;
  const doneOn = isDone ? (at(done)?.on ?? null) : null;
  let startOn = planned < 0 ? (doneOn ?? (promised > off ? promisedOn : null)) : dayOf(at(planned) as Fact);
  if (startOn === null) return null;
  let finishOn = planned < 0 ? startOn : finishOf(at(planned) as Fact, startOn);
  if (doneOn !== null && doneOn < startOn) [startOn, finishOn] = [doneOn, doneOn];
  const planner = at(lastOf(PLANS));
  const crew = at(lastOf(NAMING_CREW, ({ payload }) => typeof payload.crew === 'string'))?.payload.crew;
  const state = isDone
    ? 'done'
    : heldNow(facts, 'install')
      ? 'failed'
      : lastOf(STARTED_BY) > planned
        ? 'started'
        : 'planned';
  return {
    stage,
    stages,
    startOn,
    finishOn,
    crew: typeof crew === 'string' ? crew : null,
    isPlanned: planned >= 0 || isDone,
    state,
    promisedOn,
    plannedBy: planner && planner.id !== null ? { ...planner, id: planner.id } : null,
    dayBy: planned >= 0 ? at(planned) : doneOn === null ? at(promised) : null,
  };
}

function finishOf({ payload: { finishOn } }: Fact, startOn: Day): Day {
  const isRight =
    typeof finishOn === 'string' && finishOn >= startOn && finishOn <= daysAfter(startOn, LONGEST_DAYS);
  return isRight ? finishOn : startOn;
}

/** The days of a work that begins on another day: it takes as many working days as before. */
export function movedTo({ startOn, finishOn }: Pick<Work, 'startOn' | 'finishOn'>, day: Day) {
  const length = workingDaysBetween(startOn, finishOn);
  return { startOn: day, finishOn: length === 0 ? day : addWorkingDays(day, length) };
}

/** Whether some of it lies within a period, both ends included. */
export const isWithin = (
  { startOn, finishOn }: Pick<Work, 'startOn' | 'finishOn'>,
  { from, to }: { from: Day; to: Day },
): boolean => startOn <= to && finishOn >= from;
