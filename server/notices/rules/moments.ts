// When the clock strikes for a rule and an event. It follows from both and the calendar alone, so nothing of it is kept.
import type { Id } from '@svodka/shared/contracts/id';
import type { Span } from '@svodka/shared/contracts/notice-rule';
import { dueMoments, instantOfWall } from '@svodka/shared/rules/due';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { DAY_NAMING_TYPES } from '@svodka/shared/rules/orders/work';
import {
  addWorkingDays,
  daysAfter,
  workingDaysBefore,
  workingDaysBetween,
} from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import type { EventImage, OrderImage } from './images.ts';

const MINUTE = 60_000;
const DAY_MS = 24 * 60 * MINUTE;
/** A whole day begins with the work on it. */
const MORNING = '09:00:00';

const msOf = ({ n, unit }: Span): number => n * (unit === 'hours' ? 60 : 1) * MINUTE;
const onDay = (day: string, at: Date, zone: string): Date =>
  instantOfWall(`${day}T${DateTime.fromJSDate(at, { zone }).toFormat('HH:mm:ss')}`, zone);

/** So much later; working days to the same time of day. */
export function after(at: Date, span: Span, zone: string): Date {
  if (span.unit !== 'workingDays') return new Date(at.getTime() + msOf(span));
  return onDay(addWorkingDays(dayIn(zone, at), span.n), at, zone);
}

function before(at: Date, span: Span, zone: string): Date {
  if (span.unit !== 'workingDays') return new Date(at.getTime() - msOf(span));
  return onDay(workingDaysBefore(dayIn(zone, at), span.n), at, zone);
}

/** What an event waits for, if it does: its deadline, or the day for which work is planned. */
export type Ahead = {
  at: Date;
  /** From when working days are counted back. */
  from: Date;
  zone: string;
  /** What it is about: several events may name the same day of one order. */
  of: Id;
};

export function aheadOf(event: EventImage, order: OrderImage | null): Ahead | null {
  const { dueAt, status, payload } = event;
  const zone = event.dueZone ?? order?.tz ?? 'UTC';
  if (dueAt) {
    if (status === 'resolved' || status === 'recorded') return null;
    const from = event.dueAllDay ? instantOfWall(`${dayIn(zone, dueAt)}T${MORNING}`, zone) : dueAt;
    return { at: dueAt, from, zone, of: event._id };
  }
  const startOn = payload?.startOn;
  if (typeof startOn !== 'string' || !order || !DAY_NAMING_TYPES.includes(event.type)) return null;
  // What was planned for another day since is no longer so. The line may not have heard of this one yet.
  const { plans = [], lastFact = null, target } = order.line;
  const isUnheard = lastFact === null || event.occurredAt.getTime() >= Date.parse(lastFact.at);
  if (target?.isDone || !(isUnheard || plans.includes(event._id))) return null;
  const morning = instantOfWall(`${startOn}T${MORNING}`, order.tz);
  return { at: morning, from: morning, zone: order.tz, of: order._id };
}

/** When a rule with a lead of its own speaks of it. */
export const approachAt = ({ at, from, zone }: Ahead, lead: Span): Date =>
  before(lead.unit === 'workingDays' ? from : at, lead, zone);

/** When something that was to follow an event is missed. */
export const missedAt = (event: EventImage, order: OrderImage | null, within: Span, zone: string): Date =>
  after(event.occurredAt, within, order?.tz ?? zone);

/** The latest repetition up to `now` of what is overdue, and the one after it. Null: there was none yet. */
export function repetitionAt(
  event: EventImage,
  every: Span,
  now: Date,
): { last: Date | null; next: Date } | null {
  const moments = dueMoments(event);
  if (!moments) return null;
  const start = moments.overdueAt;
  const zone = event.dueZone ?? 'UTC';
  const nth = (k: number): Date => after(start, { n: every.n * k, unit: every.unit }, zone);
  const passed =
    every.unit === 'workingDays'
      ? workingDaysBetween(dayIn(zone, start), dayIn(zone, now))
      : (now.getTime() - start.getTime()) / msOf({ n: 1, unit: every.unit });
  let k = Math.max(0, Math.floor(passed / every.n));
  while (k > 0 && nth(k) > now) k--;
  while (nth(k + 1) <= now) k++;
  return { last: k > 0 ? nth(k) : null, next: nth(k + 1) };
}

export type Range = { from: Date; to: Date };

/**
 * In which stretch an instant must lie for its moment, so much before it, to lie in `window`. Wide by days where days
 * are counted: zones and weekends.
 */
export function laterBy({ from, to }: Range, lead: Span, zone: string): Range {
  if (lead.unit !== 'workingDays')
    return { from: new Date(from.getTime() + msOf(lead)), to: new Date(to.getTime() + msOf(lead)) };
  const first = workingDaysBefore(addWorkingDays(dayIn(zone, from), lead.n), 1);
  const last = addWorkingDays(dayIn(zone, to), lead.n + 1);
  return { from: new Date(Date.parse(first) - DAY_MS), to: new Date(Date.parse(daysAfter(last, 2))) };
}

/** The same for a moment so much after it. */
export function earlierBy({ from, to }: Range, span: Span, zone: string): Range {
  if (span.unit !== 'workingDays')
    return { from: new Date(from.getTime() - msOf(span)), to: new Date(to.getTime() - msOf(span)) };
  const first = workingDaysBefore(dayIn(zone, from), span.n + 1);
  const last = workingDaysBefore(dayIn(zone, to), span.n);
  return { from: new Date(Date.parse(first) - 2 * DAY_MS), to: new Date(Date.parse(daysAfter(last, 2))) };
}
