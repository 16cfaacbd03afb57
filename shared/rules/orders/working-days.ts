import { CALENDAR_RU, type CalendarYear, publishedYear } from './calendar-ru.ts';
import { type DayKind, kindIn } from './day-kind.ts';

/** A calendar day: `2026-11-27`. Days compare as texts. */
export type Day = string;
export type Calendar = Readonly<Record<number, CalendarYear>>;

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
/** The Monday of its week. */
export const mondayOf = (day: Day): Day => daysAfter(day, 1 - weekdayOf(day));

/** What is known of the days of a calendar: the same few hundred are asked for again and again. */
type Known = {
  kinds: Map<Day, DayKind>;
  from: Map<Day, Day>;
  next: Map<Day, Day>;
  exceptions: Map<number, Exception[]>;
};
const known = new WeakMap<Calendar, Known>();

function knownOf(calendar: Calendar): Known {
  let of = known.get(calendar);
  if (!of) {
    of = { kinds: new Map(), from: new Map(), next: new Map(), exceptions: new Map() };
    known.set(calendar, of);
  }
  return of;
}

/** What kind of a day it is; of a year that the calendar does not know, only what the law fixes is known. */
export function dayKind(day: Day, calendar: Calendar = inForce): DayKind {
  const { kinds } = knownOf(calendar);
  const kind = kinds.get(day) ?? kindIn(yearIn(calendar, Number(day.slice(0, 4))), day);
  kinds.set(day, kind);
  return kind;
}

const yearIn = (calendar: Calendar, year: number): CalendarYear => calendar[year] ?? publishedYear(year);

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
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++)
    for (const { day, by } of exceptionsOf(calendar, year)) if (day > from && day <= to) count += by;
  return count;
}

/** Mondays to Fridays from a far Monday on; its difference counts those between two days. */
function weekdaysUpTo(day: Day): number {
  const days = Date.parse(day) / DAY_MS + 4; // 1970 began on a Thursday
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(5, days - weeks * 7);
}

type Exception = { day: Day; by: 1 | -1 };

/** The days of a year that are others than Monday to Friday would make them. */
function exceptionsOf(calendar: Calendar, year: number): Exception[] {
  const { exceptions } = knownOf(calendar);
  let found = exceptions.get(year);
  if (!found) {
    const { off, working } = yearIn(calendar, year);
    const days = (list: readonly string[]) => [...new Set(list)].map((inYear) => `${year}-${inYear}`);
    found = [
      ...days(off).flatMap((day) => (weekdayOf(day) <= 5 ? [{ day, by: -1 as const }] : [])),
      ...days(working).flatMap((day) => (weekdayOf(day) > 5 ? [{ day, by: 1 as const }] : [])),
    ];
    exceptions.set(year, found);
  }
  return found;
}

/** Those years of some days that the calendar does not know: of them nobody has said which days are moved. */
export function yearsUnknown(days: readonly Day[], calendar: Calendar = inForce): number[] {
  const years = new Set(days.map((day) => Number(day.slice(0, 4))));
  return [...years].filter((year) => !calendar[year]).sort((a, b) => a - b);
}
