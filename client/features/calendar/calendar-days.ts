import { daysAfter, mondayOf } from '@svodka/shared/rules/orders/working-days';
import type { Period } from './calendar-state.svelte.ts';

export const DAYS_IN_WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
/** `list`: the days of a month one below the other. */
export type ViewName = 'weeks' | 'week' | 'month' | 'list';
const WEEKS_SHOWN: Partial<Record<ViewName, number>> = { weeks: 2, week: 1 };

export const weekFrom = (monday: string): string[] => DAYS_IN_WEEK.map((i) => daysAfter(monday, i));

/** The weeks of a view that hold a day: some from its own on, or those of its month. */
export function weeksOf(view: ViewName, day: string): string[] {
  const shown = WEEKS_SHOWN[view];
  if (shown) return Array.from({ length: shown }, (_, i) => daysAfter(mondayOf(day), i * 7));
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
export function stepped(view: ViewName, day: string, by: 1 | -1): string {
  const shown = WEEKS_SHOWN[view];
  if (shown) return daysAfter(mondayOf(day), by * 7 * shown);
  const first = `${day.slice(0, 7)}-01`;
  return by < 0 ? `${daysAfter(first, -1).slice(0, 7)}-01` : `${daysAfter(first, 31).slice(0, 7)}-01`;
}
