import { DateTime } from 'luxon';
import type { Id } from '../contracts/id.ts';
import type { NoticeReason } from '../contracts/notice.ts';
import type { MailPace, Preferences } from '../contracts/preferences.ts';
import { instantOfWall } from './due.ts';

/** What a plan looks at in a notice. */
export type Tellable = {
  reason: NoticeReason;
  projectId: Id | null;
  /** It is not kept from anybody by quiet hours: the rule says so. */
  passesQuiet: boolean;
  /** It does not wait for the hour or the morning either. */
  isAtOnce?: boolean;
};

/** When a channel is to carry it, and whether together with what else waits; or why it does not. */
export type Plan = { at: Date; isGathered: boolean } | { not: 'muted' | 'off' };

/** Before work begins, for those who name no hours of their own. */
const MORNING = '08:00';
/** Beyond this no moment is open, and hours that leave none are taken to leave all. */
const LOOKED_DAYS = 8;

const wallTime = (at: DateTime): string => at.toFormat('HH:mm');
const isWithin = (time: string, from: string, to: string): boolean =>
  from < to ? from <= time && time < to : from <= time || time < to;

/** The first instant from `at` on whose wall clock shows this time. */
function nextAt(at: Date, time: string, zone: string): Date {
  const local = DateTime.fromJSDate(at, { zone });
  for (let day = 0; ; day++) {
    const found = instantOfWall(`${local.plus({ days: day }).toISODate()}T${time}:00`, zone);
    if (found >= at) return found;
  }
}

type Hours = Pick<Preferences, 'quiet' | 'work'>;

/** Whether somebody may be reached at an instant. */
export function isOpen({ quiet, work }: Hours, at: Date, zone: string): boolean {
  const local = DateTime.fromJSDate(at, { zone });
  const time = wallTime(local);
  if (quiet && isWithin(time, quiet.from, quiet.to)) return false;
  return !work || (work.days.includes(local.weekday) && isWithin(time, work.from, work.to));
}

/** The first instant from `at` on at which somebody may be reached. Opening times and midnights are all it can be. */
export function openFrom(hours: Hours, at: Date, zone: string): Date {
  if (isOpen(hours, at, zone)) return at;
  const times = ['00:00', hours.quiet?.to, hours.work?.from].filter((time) => time !== undefined);
  const last = at.getTime() + LOOKED_DAYS * 86_400_000;
  for (let from = new Date(at.getTime() + 1); from.getTime() < last; ) {
    const next = new Date(Math.min(...steps(from, times, zone)));
    if (isOpen(hours, next, zone)) return next;
    from = new Date(next.getTime() + 1);
  }
  return hours.work ? openFrom({ ...hours, work: null }, at, zone) : at;
}

/** Where what is open may change next: the times themselves, and where the clock jumps over or back before them. */
function* steps(from: Date, times: readonly string[], zone: string): Generator<number> {
  for (const time of times) yield nextAt(from, time, zone).getTime();
  yield jumpAfter(from, zone);
}

/** When the zone's offset changes within the next day, or a day on. */
function jumpAfter(from: Date, zone: string): number {
  const offset = (ms: number) => DateTime.fromMillis(ms, { zone }).offset;
  let before = from.getTime() - 1;
  let after = before + 86_400_000;
  if (offset(before) === offset(after)) return after;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === offset(before)) before = middle;
    else after = middle;
  }
  return after;
}

function paced(pace: Exclude<MailPace, 'off'>, { work }: Hours, at: Date, zone: string): Date {
  if (pace === 'now') return at;
  if (pace === 'morning') return nextAt(at, work?.from ?? MORNING, zone);
  const local = DateTime.fromJSDate(at, { zone });
  return +local === +local.startOf('hour') ? at : local.startOf('hour').plus({ hours: 1 }).toJSDate();
}

/**
 * When and how each channel tells somebody of a notice. Who is named by another person is told in a muted order too:
 * it is a person who asks.
 * @param at the earliest moment, such as the end of the time in which a toast may be seen
 */
export function planFor(
  { preferences, zone }: { preferences: Preferences; zone: string },
  { reason, projectId, passesQuiet, isAtOnce = false }: Tellable,
  at: Date,
): { mail: Plan; push: Plan } {
  const isMuted = reason !== 'mention' && projectId !== null && preferences.muted.includes(projectId);
  if (isMuted) return { mail: { not: 'muted' }, push: { not: 'muted' } };
  const { mail, push } = preferences.kinds[reason];
  const plan = (pace: MailPace): Plan => {
    if (pace === 'off') return { not: 'off' };
    if (passesQuiet) return { at, isGathered: false };
    const open = openFrom(preferences, isAtOnce ? at : paced(pace, preferences, at, zone), zone);
    return { at: open, isGathered: open > at };
  };
  return { mail: plan(mail), push: plan(push ? 'now' : 'off') };
}
