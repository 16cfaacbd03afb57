// What time and changes do to a claim and to a snooze. A claim stands on what is open only; a snooze is over with its
// moment. Pure; written by the events room and by the sweep, like the due states.
import type { EventStatus } from '../contracts/event.ts';

/** So long a claim lasts from the last sign of work. */
export const LEASE_MS = 15 * 60_000;
/** A claim is made longer when it has less than this left: a write for every few minutes of work, not for every key. */
export const RENEW_BELOW_MS = 10 * 60_000;

/** What is held of an event; as stored, with dates. */
export type Held = {
  status: EventStatus;
  deletedAt: Date | null;
  claim?: { until: Date } | null | undefined;
  snooze?: { until: Date | null } | null | undefined;
};

/** What of it is otherwise by `now`; empty: nothing. */
export function lapsed(
  { status: before, deletedAt, claim, snooze }: Held,
  now: Date,
): { status?: 'open'; claim?: null; snooze?: null } {
  const isBack = before === 'snoozed' && snooze?.until != null && snooze.until <= now;
  const status = isBack ? 'open' : before;
  return {
    ...(isBack && { status: 'open' as const }),
    ...(snooze && status !== 'snoozed' && { snooze: null }),
    ...(claim && (status !== 'open' || deletedAt || claim.until <= now) && { claim: null }),
  };
}

/** When time alone changes it next; null: never. */
export function nextLapseAt({ claim, snooze }: Held): Date | null {
  const ends = [claim?.until, snooze?.until].flatMap((end) => end ?? []);
  return ends.length > 0 ? new Date(Math.min(...ends.map((end) => end.getTime()))) : null;
}
