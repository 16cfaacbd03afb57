// When the deadline of a milestone announces itself. What comes out follows from the chain and the clock alone, so it
// can be asked at any time and any number of times.
import type { MilestoneCode } from '../../contracts/order-codes.ts';
import type { Milestone } from '../../contracts/orders.ts';
import { instantOfWall } from '../due.ts';
import { type Day, daysAfter, workingDayFrom, workingDaysBefore } from './working-days.ts';

/** So long before its day a milestone is near, working days. */
export const LEAD_WD = 2;
/** People hear of a day when it begins to be worked on, where the order lives. */
const MORNING = '09:00:00';
/** What came up longer ago is history: an order of ten years ago must not call anybody. */
const HISTORY_MS = 30 * 86_400_000;

export const DEADLINE_KINDS = ['approaching', 'due', 'overdue'] as const;
/** `at`: when it began. */
export type Deadline = { code: MilestoneCode; kind: (typeof DEADLINE_KINDS)[number]; on: Day; at: Date };

type Asked = Pick<Milestone, 'code' | 'state' | 'waitsFor' | 'plannedOn' | 'promisedOn'>;

/**
 * The deadlines that have come up: of what can be done now, and of what was promised whether it can be done or not. One
 * of a milestone, the latest; none of what is done, left out or held up, which is told by what holds it.
 */
export function deadlinesOf(
  milestones: readonly Asked[],
  { zone, now, createdAt }: { zone: string; now: Date; createdAt: Date },
): Deadline[] {
  return milestones.flatMap(({ code, state, waitsFor, plannedOn, promisedOn }) => {
    const on = promisedOn ?? plannedOn;
    if (on === null || state === 'done' || state === 'skipped' || state === 'blocked') return [];
    if (waitsFor.length > 0 && promisedOn === null) return [];
    const moments = momentsOf(on, zone);
    const kind = DEADLINE_KINDS.findLast((each) => moments[each] <= now);
    // What came up before the order was known is no news to anybody.
    if (!kind || moments[kind] < createdAt || now.getTime() - moments[kind].getTime() > HISTORY_MS) return [];
    return [{ code, kind, on, at: moments[kind] }];
  });
}

function momentsOf(on: Day, zone: string): Record<Deadline['kind'], Date> {
  const morning = (day: Day) => instantOfWall(`${day}T${MORNING}`, zone);
  return {
    approaching: morning(workingDaysBefore(on, LEAD_WD)),
    due: morning(on),
    overdue: morning(workingDayFrom(daysAfter(on, 1))),
  };
}

/** When time alone may bring the next one up, or make a state another one: the next morning, or the next midnight. */
export function nextTurnOf(todayOn: Day, zone: string, now: Date): Date {
  const morning = instantOfWall(`${todayOn}T${MORNING}`, zone);
  return now < morning ? morning : instantOfWall(`${daysAfter(todayOn, 1)}T00:00:00`, zone);
}
