import { daysAfter, weekdayOf } from '@svodka/shared/rules/orders/working-days';
import type { Period } from './calendar-state.svelte.ts';

export const DAYS_IN_WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
export const WEEKS_SHOWN = 2;

export const mondayOf = (day: string): string => daysAfter(day, 1 - weekdayOf(day));
export const weekFrom = (monday: string): string[] => DAYS_IN_WEEK.map((i) => daysAfter(monday, i));

/** The weeks of a view that hold a day: some from its own on, or those of its month. */
export function weeksOf(view: 'weeks' | 'month', day: string): string[] {
  if (view === 'weeks') return Array.from({ length: WEEKS_SHOWN }, (_, i) => daysAfter(mondayOf(day), i * 7));
  const weeks: string[] = [];
  for (let monday = mondayOf(`${day.slice(0, 7)}-01`); monday.slice(0, 7) <= day.slice(0, 7); )
    [, monday] = [weeks.push(monday), daysAfter(monday, 7)];
  return weeks;
}

export const periodOf = (weeks: readonly string[]): Period => ({
  from: weeks[0] ?? '',
  to: daysAfter(weeks.at(-1) ?? '', 6),
});

/** The day by which the view before or after is named. */
export function stepped(view: 'weeks' | 'month', day: string, by: 1 | -1): string {
  if (view === 'weeks') return daysAfter(mondayOf(day), by * 7 * WEEKS_SHOWN);
  const first = `${day.slice(0, 7)}-01`;
  return by < 0 ? `${daysAfter(first, -1).slice(0, 7)}-01` : `${daysAfter(first, 31).slice(0, 7)}-01`;
}
