import { CALENDAR_RU, type CalendarYear } from './calendar-ru.ts';

/** A calendar day: `2026-11-27`. Days compare as texts. */
export type Day = string;
export type Calendar = Readonly<Record<number, CalendarYear>>;
export type DayKind = 'working' | 'short' | 'off';

/** What days are counted by unless a calendar is handed in: the published one, until whoever keeps another puts it here. */
let inForce: Calendar = CALENDAR_RU;
export function putInForce(calendar: Calendar): void {
  inForce = calendar;
}

const DAY_MS = 86_400_000;

const SHORTEST_MONTH = 28;

/** So many days later, whatever days they are; negative: earlier. */
export function daysAfter(day: Day, days: number): Day {
  // Within a month by far the most often, and a chain asks thousands of times.
  const inMonth = Number(day.slice(8)) + days;
  if (day.length === 10 && inMonth >= 1 && inMonth <= SHORTEST_MONTH)
    return `${day.slice(0, 8)}${inMonth < 10 ? '0' : ''}${inMonth}`;
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Monday is 1. */
export const weekdayOf = (day: Day): number => new Date(day).getUTCDay() || 7;

/** What is known of the days of a calendar: the same few hundred are asked for again and again. */
type Known = { kinds: Map<Day, DayKind>; from: Map<Day, Day>; next: Map<Day, Day> };
const known = new WeakMap<Calendar, Known>();

function knownOf(calendar: Calendar): Known {
  let of = known.get(calendar);
  if (!of) {
    of = { kinds: new Map(), from: new Map(), next: new Map() };
    known.set(calendar, of);
  }
  return of;
}

/** What kind of a day it is; of years that the calendar does not know, Monday to Friday are working days. */
export function dayKind(day: Day, calendar: Calendar = inForce): DayKind {
  const { kinds } = knownOf(calendar);
  const kind = kinds.get(day) ?? kindOf(day, calendar);
  kinds.set(day, kind);
  return kind;
}

function kindOf(day: Day, calendar: Calendar): DayKind {
  const year = calendar[Number(day.slice(0, 4))];
  const inYear = day.slice(5);
  const weekday = new Date(day).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  const isOff = isWeekend ? !year?.working.includes(inYear) : year?.off.includes(inYear);
  if (isOff) return 'off';
  return year?.short.includes(inYear) ? 'short' : 'working';
}

const isWorking = (day: Day, calendar: Calendar): boolean => dayKind(day, calendar) !== 'off';

/** The day itself, or the first working day after it. */
export function workingDayFrom(day: Day, calendar: Calendar = inForce): Day {
  const { from } = knownOf(calendar);
  let on = from.get(day) ?? day;
  while (!isWorking(on, calendar)) on = daysAfter(on, 1);
  from.set(day, on);
  return on;
}

/** So many working days on, from the day itself or the first working day after it. */
export function addWorkingDays(day: Day, count: number, calendar: Calendar = inForce): Day {
  const { next } = knownOf(calendar);
  let on = workingDayFrom(day, calendar);
  for (let left = count; left > 0; left--) {
    const then = next.get(on) ?? workingDayFrom(daysAfter(on, 1), calendar);
    next.set(on, then);
    on = then;
  }
  return on;
}

/** So many working days back: a day that many working days before the first working day from the day on. */
export function workingDaysBefore(day: Day, count: number, calendar: Calendar = inForce): Day {
  let on = workingDayFrom(day, calendar);
  for (let left = count; left > 0; left--) {
    on = daysAfter(on, -1);
    while (!isWorking(on, calendar)) on = daysAfter(on, -1);
  }
  return on;
}

/** How many working days one has to wait from a day to a later one; negative when it is earlier. */
export function workingDaysBetween(from: Day, to: Day, calendar: Calendar = inForce): number {
  if (to < from) return -workingDaysBetween(to, from, calendar);
  let count = weekdaysUpTo(to) - weekdaysUpTo(from);
  for (const { day, by } of exceptionsOf(calendar)) if (day > from && day <= to) count += by;
  return count;
}

/** Mondays to Fridays from a far Monday on; its difference counts those between two days. */
function weekdaysUpTo(day: Day): number {
  const days = Date.parse(day) / DAY_MS + 4; // 1970 began on a Thursday
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(5, days - weeks * 7);
}

type Exception = { day: Day; by: 1 | -1 };
const exceptions = new WeakMap<Calendar, Exception[]>();

/** The days of a calendar that are others than Monday to Friday would make them. */
function exceptionsOf(calendar: Calendar): Exception[] {
  let found = exceptions.get(calendar);
  if (!found) {
    found = Object.entries(calendar).flatMap(([year, { off, working }]) => {
      const days = (list: readonly string[]) => [...new Set(list)].map((inYear) => `${year}-${inYear}`);
      return [
        ...days(off).flatMap((day) => (weekdayOf(day) <= 5 ? [{ day, by: -1 as const }] : [])),
        ...days(working).flatMap((day) => (weekdayOf(day) > 5 ? [{ day, by: 1 as const }] : [])),
      ];
    });
    exceptions.set(calendar, found);
  }
  return found;
}

/** Those years of some days of which the calendar knows nothing. */
export function yearsUnknown(days: readonly Day[], calendar: Calendar = inForce): number[] {
  const years = new Set(days.map((day) => Number(day.slice(0, 4))));
  return [...years].filter((year) => !calendar[year]).sort((a, b) => a - b);
}
