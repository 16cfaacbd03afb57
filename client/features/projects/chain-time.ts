// Where the days of a chain lie on a bar of time.
import type { Milestone } from '@svodka/shared/contracts/orders';
import { daysAfter, mondayOf } from '@svodka/shared/rules/orders/working-days';

export type Span = {
  code: Milestone['code'];
  /** From when it can be done, and when it was or will be. */
  from: string;
  to: string;
};

/** What each milestone of a chain takes: from what it waits for to its own day. */
export function spansOf(milestones: readonly Milestone[]): Span[] {
  const endOf = ({ actualOn, forecastOn }: Milestone) => actualOn ?? forecastOn;
  const ends = new Map(milestones.map((milestone) => [milestone.code, endOf(milestone)]));
  return milestones.flatMap((milestone) => {
    const to = endOf(milestone);
    if (to === null) return [];
    const [from = to] = milestone.needs
      .flatMap(({ code }) => ends.get(code) ?? [])
      .sort()
      .reverse();
    // What came before its turn took no time.
    return [{ code: milestone.code, from: [from, to].sort()[0] ?? to, to }];
  });
}

/** A scale that has room for every day of a chain and for today. @param most so many of its Mondays are named */
export function scaleOf(milestones: readonly Milestone[], todayOn: string, most: number) {
  const days = milestones.flatMap(({ baselineOn, plannedOn, promisedOn, forecastOn, actualOn }) =>
    [baselineOn, plannedOn, promisedOn, forecastOn, actualOn].filter((day) => day !== null),
  );
  const all = [...days, todayOn].sort();
  const [first, last] = [daysAfter(all[0] ?? todayOn, -1), daysAfter(all.at(-1) ?? todayOn, 2)];
  const [from, to] = [Date.parse(first), Date.parse(last)];
  const at = (day: string): number => ((Date.parse(day) - from) / (to - from)) * 100;
  const mondays: string[] = [];
  for (let day = mondayOf(daysAfter(first, 6)); day <= last; day = daysAfter(day, 7)) mondays.push(day);
  const every = Math.ceil(mondays.length / most);
  const ticks = mondays.filter((_, i) => i % every === 0);
  return { at, ticks };
}
