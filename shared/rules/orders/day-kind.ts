import type { CalendarYear } from './calendar-ru.ts';

export type DayKind = 'working' | 'short' | 'off';

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(day).getUTCDay());

/** Of what kind a day (`2027-03-08`) is by the days of its year. */
export function kindIn({ off, working, short }: CalendarYear, day: string): DayKind {
  const inYear = day.slice(5);
  const isOff = isWeekend(day) ? !working.includes(inYear) : off.includes(inYear);
  if (isOff) return 'off';
  return short.includes(inYear) ? 'short' : 'working';
}
