// The days of one year, by what of them differs from Monday to Friday: one day read, one day made another, and what
// differs between two of them.
import type { CalendarYear } from './calendar-ru.ts';

export type DayKind = 'working' | 'short' | 'off';
type Days = { off: string[]; working: string[]; short: string[] };

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(day).getUTCDay());

/** Of what kind a day (`2027-03-08`) is by the days of its year. */
export function kindIn({ off, working, short }: CalendarYear, day: string): DayKind {
  const inYear = day.slice(5);
  const isOff = isWeekend(day) ? !working.includes(inYear) : off.includes(inYear);
  if (isOff) return 'off';
  return short.includes(inYear) ? 'short' : 'working';
}

/** The same days, of which one (`2027-03-08`) is of this kind. */
export function withKind(days: CalendarYear, day: string, kind: DayKind): Days {
  const inYear = day.slice(5);
  const without = (list: readonly string[]) => list.filter((each) => each !== inYear);
  const next = { off: without(days.off), working: without(days.working), short: without(days.short) };
  if (kind === 'off' && !isWeekend(day)) next.off.push(inYear);
  if (kind !== 'off' && isWeekend(day)) next.working.push(inYear);
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
