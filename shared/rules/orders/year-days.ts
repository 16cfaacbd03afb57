// The days of one year, by what of them differs from Monday to Friday: one day made another, and what differs between two.
import type { CalendarYear } from './calendar-ru.ts';
import { type DayKind, kindIn } from './day-kind.ts';
import { weekdayOf } from './working-days.ts';

type Days = { off: string[]; working: string[]; short: string[] };

/** The same days, of which one (`2027-03-08`) is of this kind. */
export function withKind(days: CalendarYear, day: string, kind: DayKind): Days {
  const inYear = day.slice(5);
  const without = (list: readonly string[]) => list.filter((each) => each !== inYear);
  const next = { off: without(days.off), working: without(days.working), short: without(days.short) };
  const isWeekend = weekdayOf(day) > 5;
  if (kind === 'off' && !isWeekend) next.off.push(inYear);
  if (kind !== 'off' && isWeekend) next.working.push(inYear);
  if (kind === 'short') next.short.push(inYear);
  return next;
}

/** The days (`03-08`) that are of another kind than before, by what they are now. */
export function changedDays(year: number, before: CalendarYear, after: CalendarYear): Days {
  const changed: Days = { off: [], working: [], short: [] };
  const named = [before, after].flatMap(({ off, working, short }) => [...off, ...working, ...short]);
  for (const inYear of [...new Set(named)].sort()) {
    const kind = kindIn(after, `${year}-${inYear}`);
    if (kind !== kindIn(before, `${year}-${inYear}`)) changed[kind].push(inYear);
  }
  return changed;
}
