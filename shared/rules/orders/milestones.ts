// The days and states of an order's milestones, from what its facts say of each.
import type { MilestoneCode } from '../../contracts/order-codes.ts';
import type {
  ChainEdit,
  LineMilestone,
  Milestone,
  MilestoneState,
  OrderChain,
} from '../../contracts/orders.ts';
import { LEAD_WD } from './deadlines.ts';
import { plan, type Step } from './planner.ts';
import type { Reached } from './reached.ts';
import type { milestonesOf } from './templates.ts';
import { whyLate } from './why.ts';
import { addWorkingDays, type Day, workingDaysBetween } from './working-days.ts';

type Known = {
  /** What the facts say of those that the order has. */
  reached: ReadonlyMap<MilestoneCode, Reached>;
  startOn: Day;
  todayOn: Day;
  flags: OrderChain['flags'];
  edits: ReadonlyMap<MilestoneCode, ChainEdit>;
};

/** The milestones of a template with their days: baseline, planned, promised, forecast, actual. */
export function datedMilestones(
  all: ReturnType<typeof milestonesOf>,
  { reached, startOn, todayOn, flags, edits }: Known,
): Milestone[] {
  const steps = all.filter(({ isOff }) => !isOff);
  const of = (code: MilestoneCode) => reached.get(code) as Reached;

  const fromStart = plan(steps.map((step): Step<MilestoneCode> => ({ ...step, notBefore: startOn })));
  // What a customer ponders before the contract is nobody's delay: from there on the days are counted anew.
  const signedOn = reached.get('contract')?.by?.on ?? null;
  const anew = steps.map(
    (step): Step<MilestoneCode> => ({
      ...step,
      notBefore: startOn,
      doneOn: step.code === 'contract' ? signedOn : null,
    }),
  );
  const asAgreed = plan(anew);
  const asPeopleSet = (step: Step<MilestoneCode>): Step<MilestoneCode> => ({
    ...step,
    notBefore: later(startOn, of(step.code).planned?.on),
  });
  const planned = plan(anew.map(asPeopleSet));
  // A contract that is signed is planned where it was before: behind the measurement as it was agreed.
  const untilSigned = plan(anew.map((step) => asPeopleSet({ ...step, doneOn: null })));
  const forecast = plan(
    steps.map(({ code, needs }): Step<MilestoneCode> => {
      const { by, held, planned: set } = of(code);
      return {
        code,
        needs,
        doneOn: by?.on ?? null,
        notBefore: later(todayOn, set?.on, held && heldUntil(held)),
      };
    }),
  );

  const drafts = new Map<MilestoneCode, Milestone>();
  for (const { code, owner, needs, isOff } of all) {
    if (isOff) {
      drafts.set(code, skipped(code, owner, edits.get(code)));
      continue;
    }
    const { by, progress, held, promisedOn } = of(code);
    const isOurs = code !== 'measure' && code !== 'contract';
    const baselineOn = (isOurs ? asAgreed : fromStart).get(code)?.on as Day;
    const plannedOn = (code === 'contract' ? untilSigned : planned).get(code)?.on as Day;
    const forecastOn = forecast.get(code)?.on as Day;
    const wantedOn = promisedOn ?? plannedOn;
    const isOver = by === null && flags.includes('cancelled');
    drafts.set(code, {
      code,
      owner,
      needs,
      state: isOver
        ? 'skipped'
        : by
          ? 'done'
          : flags.includes('paused') || held?.hold.isBlocked
            ? 'blocked'
            : stateOn(wantedOn, todayOn),
      waitsFor: by || isOver ? [] : needs.map((need) => need.code).filter((need) => !of(need).by),
      baselineOn,
      plannedOn,
      promisedOn,
      forecastOn: isOver ? null : forecastOn,
      actualOn: by?.on ?? null,
      progress,
      slipWd: isOver ? 0 : workingDaysBetween(wantedOn, forecastOn),
      baselineSlipWd: isOver ? 0 : workingDaysBetween(baselineOn, forecastOn),
      why: [],
      edit: edits.get(code) ?? null,
    });
  }
  return [...drafts.values()].map((milestone) => ({
    ...milestone,
    why: whyLate(milestone, { all: drafts, reached, forecast }),
  }));
}

/** The last of some days. */
const later = (first: Day, ...others: (Day | null | undefined)[]): Day =>
  others.reduce<Day>((last, day) => (day && day > last ? day : last), first);

const heldUntil = ({ fact, hold }: NonNullable<Reached['held']>): Day =>
  fact.dueOn ?? addWorkingDays(fact.on, hold.delayWd);

function stateOn(wantedOn: Day, todayOn: Day): MilestoneState {
  if (wantedOn < todayOn) return 'overdue';
  if (wantedOn === todayOn) return 'due';
  return wantedOn <= addWorkingDays(todayOn, LEAD_WD) ? 'approaching' : 'planned';
}

const skipped = (code: MilestoneCode, owner: Milestone['owner'], edit?: ChainEdit): Milestone => ({
  code,
  owner,
  needs: [],
  state: 'skipped',
  waitsFor: [],
  baselineOn: null,
  plannedOn: null,
  promisedOn: null,
  forecastOn: null,
  actualOn: null,
  progress: { done: 0, total: 0 },
  slipWd: 0,
  baselineSlipWd: 0,
  why: [],
  edit: edit ?? null,
});

/** A milestone as a row of a list has it. */
export const cellOf = ({
  code,
  state,
  slipWd,
  progress,
  plannedOn,
  promisedOn,
  forecastOn,
  actualOn,
}: Milestone): LineMilestone => ({
  code,
  state,
  slipWd,
  progress,
  plannedOn,
  promisedOn,
  forecastOn,
  actualOn,
});
