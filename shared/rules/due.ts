import { DateTime } from 'luxon';
import { DEFAULT_LEAD_MIN, type Due, type DueState, type EventStatus } from '../contracts/event.ts';
import { workingDayFrom } from './orders/working-days.ts';

/** A deadline as an event keeps it. */
export type Deadline = {
  dueAt: Date;
  /** A whole day: `dueAt` is then its 23:59:59 in `dueZone`. */
  dueAllDay: boolean;
  dueZone: string;
  /** Wall time in `dueZone`: `2026-11-24T18:00`, or `2026-11-24` for a whole day. */
  dueLocal: string;
  dueLeadMin: number;
};

/** What the due state of an event depends on. Takes documents (dates) and events of the contract (ISO texts). */
export type DueFields = {
  dueAt: Date | string | null;
  dueAllDay: boolean;
  dueZone: string | null;
  dueLeadMin: number;
  status: EventStatus;
};

/** The hour at which a missed day starts to count as overdue, on the next working day. */
const WORK_STARTS = 9;
/** Wider than any jump of a clock, a skipped day of the date line included. */
const WIDEST_JUMP_MS = 26 * 3_600_000;

const wallOf = (ms: number, zone: string): string =>
  DateTime.fromMillis(ms, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
const offsetMs = (ms: number, zone: string): number => DateTime.fromMillis(ms, { zone }).offset * 60_000;

/** Wall times that were asked for: the same mornings of the same zones again and again. */
const instants = new Map<string, number>();
const MOST_INSTANTS = 5_000;

/**
 * The instant of a wall time. One that occurs twice (clocks go back) means the first; one that never occurs (clocks
 * go forward) means the first valid instant after the gap.
 * @param wall `2026-11-24T18:00:00`
 */
export function instantOfWall(wall: string, zone: string): Date {
  const key = `${wall} ${zone}`;
  let instant = instants.get(key);
  if (instant === undefined) {
    instant = findInstant(wall, zone);
    if (instants.size >= MOST_INSTANTS) instants.clear();
    instants.set(key, instant);
  }
  return new Date(instant);
}

function findInstant(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall}Z`);
  const guess = asUtc - offsetMs(asUtc, zone);
  const offsets = new Set(
    [guess - WIDEST_JUMP_MS, guess, guess + WIDEST_JUMP_MS].map((at) => offsetMs(at, zone)),
  );
  const exact = [...offsets].map((offset) => asUtc - offset).filter((at) => wallOf(at, zone) === wall);
  if (exact.length > 0) return Math.min(...exact);
  // In a gap: the jump itself is where wall times pass from before to after the wanted one.
  let before = guess - WIDEST_JUMP_MS;
  let after = guess + WIDEST_JUMP_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallOf(middle, zone) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * A deadline as a person stated it, as instant, zone and wall time.
 * @param projectZone where it lives when it names no zone of its own
 */
export function deadlineOf(due: Due, projectZone: string): Deadline {
  const dueLeadMin = due.leadMin ?? DEFAULT_LEAD_MIN;
  if ('at' in due) {
    const dueAt = new Date(due.at);
    const dueLocal = wallOf(dueAt.getTime(), projectZone).slice(0, 16);
    return { dueAt, dueAllDay: false, dueZone: projectZone, dueLocal, dueLeadMin };
  }
  const dueZone = due.zone ?? projectZone;
  const dueAllDay = due.local.length === 10;
  const wall = dueAllDay ? `${due.local}T23:59:59` : `${due.local}:00`;
  return { dueAt: instantOfWall(wall, dueZone), dueAllDay, dueZone, dueLocal: due.local, dueLeadMin };
}

/** When a deadline's states begin; null where it has none. */
export function dueMoments(event: DueFields): { approachingAt: Date; dueAt: Date; overdueAt: Date } | null {
  if (event.dueAt === null) return null;
  const dueAt = new Date(event.dueAt);
  return {
    approachingAt: new Date(dueAt.getTime() - event.dueLeadMin * 60_000),
    dueAt,
    overdueAt: event.dueAllDay ? nextWorkingMorning(dueAt, event.dueZone ?? 'UTC') : dueAt,
  };
}

/** 09:00 of the next working day after the day of `at`. */
function nextWorkingMorning(at: Date, zone: string): Date {
  const day = workingDayFrom(DateTime.fromJSDate(at, { zone }).plus({ days: 1 }).toFormat('yyyy-MM-dd'));
  return instantOfWall(`${day}T${String(WORK_STARTS).padStart(2, '0')}:00:00`, zone);
}

/** The due state at a moment. Written by the repository and the sweep; computed nowhere else. */
export function dueStateAt(event: DueFields, now: Date): DueState {
  const moments = dueMoments(event);
  // A recorded event waits for nothing: a deadline that it still names is a fact like the others.
  if (!moments || event.status === 'recorded') return 'none';
  if (event.status === 'resolved') return 'done';
  if (now >= moments.overdueAt) return 'overdue';
  if (now >= moments.dueAt) return 'due';
  return now >= moments.approachingAt ? 'approaching' : 'none';
}

/** When the state changes next without anybody doing anything; null: never. */
export function nextDueChangeAt(event: DueFields, now: Date): Date | null {
  const moments = dueMoments(event);
  if (!moments || event.status === 'resolved' || event.status === 'recorded') return null;
  const ahead = [moments.approachingAt, moments.dueAt, moments.overdueAt].filter((moment) => moment > now);
  return ahead.length > 0 ? new Date(Math.min(...ahead.map((moment) => moment.getTime()))) : null;
}
