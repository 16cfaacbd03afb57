import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { translate } from '@svodka/shared/messages/translate';
import { clockTime, dayOf, daysBetween, nearDay, shortDay, span, type Viewer } from './time.ts';

/** Colour of the pill; nothing but the state of the deadline decides it. */
export type DueTone = 'plain' | 'soon' | 'late' | 'ok';
export type DuePill = { text: string; tone: DueTone };

type Dated = Pick<SvodkaEvent, 'status' | 'dueAt' | 'dueAllDay' | 'dueLocal' | 'dueState' | 'resolved'> &
  Partial<Pick<SvodkaEvent, 'snooze'>>;

const DAY_MS = 86_400_000;
const OVERDUE_NAMED_DAYS_MS = 30 * DAY_MS;

/** When it comes back, or with what. */
function backPill({ until, type }: NonNullable<SvodkaEvent['snooze']>, now: number, viewer: Viewer): DuePill {
  const { locale } = viewer;
  if (!until) return { text: translate(locale, `type.${type ?? 'note.free'}`), tone: 'plain' };
  const [day, today] = [dayOf(until, viewer), dayOf(now, viewer)];
  const near = day === today ? clockTime(until, viewer) : shortDay(day, today, viewer);
  return { text: translate(locale, 'due.pill.back', { at: near }), tone: 'plain' };
}

/**
 * The deadline in as few words as a row has room for: «просрочен 40 мин», «завтра 09:00», «до 26 мар.», «в срок».
 * Days of an all-day deadline are those of its own zone; hours are the viewer's.
 */
export function duePill(event: Dated, now: number, viewer: Viewer): DuePill | null {
  const { dueAt, dueState, snooze } = event;
  if (event.status === 'snoozed' && snooze && dueState !== 'overdue') return backPill(snooze, now, viewer);
  // Nobody waits for the deadline of a recorded event.
  if (!dueAt || event.status === 'recorded') return null;
  const { locale } = viewer;
  const today = dayOf(now, viewer);
  const day = event.dueAllDay && event.dueLocal ? event.dueLocal.slice(0, 10) : dayOf(dueAt, viewer);

  if (dueState === 'done') {
    const late = event.resolved && event.resolved.at > dueAt;
    return late
      ? { text: translate(locale, 'due.pill.doneLate'), tone: 'plain' }
      : { text: translate(locale, 'due.pill.inTime'), tone: 'ok' };
  }
  if (dueState === 'overdue') {
    const late = now - Date.parse(dueAt);
    const days = daysBetween(day, today);
    if (late > OVERDUE_NAMED_DAYS_MS)
      return {
        text: translate(locale, 'due.pill.overdueSince', { day: shortDay(day, today, viewer) }),
        tone: 'late',
      };
    // A number of hours is read quickly up to a day; then the day counts, and yesterday's time of day.
    if (days === 1 && (event.dueAllDay || late >= DAY_MS)) {
      const time = event.dueAllDay ? '' : clockTime(dueAt, viewer);
      return { text: translate(locale, 'due.pill.overdueYesterday', { time }).trim(), tone: 'late' };
    }
    const length = event.dueAllDay || late >= DAY_MS ? Math.max(1, days) * DAY_MS : late;
    return { text: translate(locale, 'due.pill.overdue', { span: span(length, viewer) }), tone: 'late' };
  }
  const near = nearDay(day, today, viewer);
  const named = near ?? shortDay(day, today, viewer);
  if (dueState === 'due') {
    return event.dueAllDay
      ? { text: near ?? translate(locale, 'due.pill.now'), tone: 'late' }
      : { text: translate(locale, 'due.pill.now'), tone: 'late' };
  }
  if (near) {
    const text = event.dueAllDay ? near : `${near} ${clockTime(dueAt, viewer)}`;
    return { text, tone: dueState === 'approaching' ? 'soon' : 'plain' };
  }
  if (dueState === 'approaching') return { text: named, tone: 'soon' };
  return { text: translate(locale, 'due.pill.until', { day: named }), tone: 'plain' };
}
