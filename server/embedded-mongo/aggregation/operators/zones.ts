import { MongoError } from '../../errors.ts';

/** Calendar fields of a moment in some zone. `month` counts from 1. */
export interface Calendar {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

/** Offset of a zone from UTC at a moment, in milliseconds. */
export type Zone = (millis: number) => number;

export const utc: Zone = () => 0;

export const DAY = 86_400_000;

/** Days since 1970-01-01 of a calendar day. */
export const dayNumber = ({ year, month, day }: Calendar): number =>
  utcMillis({ year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 }) / DAY;

const zones = new Map<string, Zone>([
  ['UTC', utc],
  ['GMT', utc],
  ['Z', utc],
]);

/**
 * A zone by Olson name or by offset (`+03:00`, `+0300`, `+03`).
 * @throws 40485 for names that do not exist
 */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(name);
    if (offset) {
      const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
      const millis = (offset[1] === '-' ? -minutes : minutes) * 60_000;
      zone = () => millis;
    } else {
      zone = olsonZone(name);
    }
    if (zones.size < 1000) zones.set(name, zone);
  }
  return zone;
}

function olsonZone(timeZone: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new MongoError(40485, `unrecognized time zone identifier: "${timeZone}"`);
  }
  // Offsets change at whole quarter hours only, and neighbours are asked for together.
  let known = Number.NaN;
  let offset = 0;
  return (millis) => {
    const quarter = Math.floor(millis / 900_000);
    if (quarter !== known) {
      known = quarter;
      const at = quarter * 900_000;
      const parts: Record<string, string> = {};
      for (const { type, value } of format.formatToParts(at)) parts[type] = value;
      const year = parts.era?.startsWith('B') ? 1 - Number(parts.year) : Number(parts.year);
      const local = utcMillis({
        year,
        month: Number(parts.month),
        day: Number(parts.day),
        hour: Number(parts.hour),
        minute: Number(parts.minute),
        second: Number(parts.second),
        millisecond: 0,
      });
      offset = local - at;
    }
    return offset;
  };
}

/** Milliseconds of calendar fields read as UTC; fields out of range carry over. */
export function utcMillis(c: Calendar): number {
  const date = new Date(0);
  date.setUTCFullYear(c.year, c.month - 1, c.day);
  date.setUTCHours(c.hour, c.minute, c.second, c.millisecond);
  return date.getTime();
}

/** Calendar fields of a moment in a zone. */
export function calendarOf(millis: number, zone: Zone): Calendar {
  const date = new Date(millis + zone(millis));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** The moment at which a zone's clock shows these fields; a time that is skipped moves forward. */
export function millisOfCalendar(calendar: Calendar, zone: Zone): number {
  const local = utcMillis(calendar);
  const early = local - zone(local - 86_400_000);
  if (early + zone(early) === local) return early;
  const late = local - zone(local + 86_400_000);
  return late + zone(late) === local ? late : early;
}
