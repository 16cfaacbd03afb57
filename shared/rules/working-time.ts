import { DateTime } from 'luxon';
import { dayKind } from './orders/working-days.ts';

/** When somebody is at work who could say something. */
const [OPENS, CLOSES] = [8, 20];
const WORKING_DAY_MIN = (CLOSES - OPENS) * 60;
const DAY_MIN = 24 * 60;

/** A span that somebody asked for, in minutes of work: of days whole working days, of hours as many. */
export const workingMinutesOf = (minutes: number): number =>
  minutes < DAY_MIN ? minutes : (minutes / DAY_MIN) * WORKING_DAY_MIN;

/** Whether more than so many minutes of work lie between two instants; nights, weekends and holidays are none. */
export function isLongerThan(minutes: number, from: Date, to: Date, zone: string): boolean {
  let left = minutes;
  const end = DateTime.fromJSDate(to, { zone });
  for (let at = DateTime.fromJSDate(from, { zone }); at < end; at = at.plus({ days: 1 }).startOf('day')) {
    if (dayKind(at.toISODate() ?? '') === 'off') continue;
    const opens = at.startOf('day').set({ hour: OPENS });
    const closes = at.startOf('day').set({ hour: CLOSES });
    const worked = Math.min(+closes, +end) - Math.max(+opens, +at);
    if (worked > 0) left -= worked / 60_000;
    if (left < 0) return true;
  }
  return false;
}
