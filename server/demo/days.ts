// Days and hours of a company that works by the calendar.
import { addWorkingDays, type Day, dayKind } from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import type { Random } from './random.ts';

export const ZONE = 'Europe/Moscow';

/** The last working day that has begun. */
export function workdayUntil(day: Day): Day {
  let on = day;
  while (dayKind(on) === 'off') on = before(on);
  return on;
}

/** So many working days earlier. */
export function workdaysBack(day: Day, count: number): Day {
  let on = workdayUntil(day);
  for (let left = count; left > 0; left--) on = workdayUntil(before(on));
  return on;
}

const before = (day: Day): Day =>
  DateTime.fromISO(day, { zone: 'UTC' }).minus({ days: 1 }).toISODate() as Day;

export const ahead = (day: Day, count: number): Day => addWorkingDays(day, count);

/** A moment of a day, at some time between two hours; most of what people do is done before noon and after lunch. */
export function moment(day: Day, random: Random, [from, to]: readonly [number, number] = [9, 18]): DateTime {
  const hour =
    from + (to - from) * (random.chance(0.6) ? random.next() : (random.next() + random.next()) / 2);
  return DateTime.fromISO(day, { zone: ZONE }).plus({
    minutes: Math.floor(hour * 60),
    seconds: random.int(0, 59),
  });
}
