import type { Id } from '../contracts/id.ts';
import type { Payload } from '../contracts/payload.ts';

/** A call tells of itself when it is over: one that began in time has kept its word. */
const GRACE_MS = 15 * 60_000;

type Promised = { dueAt: Date | null; resolved: { at: Date } | null };

/** Whom a promise names as the one to keep it; null: nobody, or it is none. */
export const keeperOf = ({ payload }: { payload?: Payload | undefined }): Id | null =>
  typeof payload?.keeper === 'string' ? payload.keeper : null;

/** What has become of a promise (`call.promise`) by `now`. */
export function promiseFate({ dueAt, resolved }: Promised, now: Date): 'open' | 'kept' | 'broken' {
  const isLate = dueAt !== null && (resolved?.at ?? now).getTime() > dueAt.getTime() + GRACE_MS;
  if (isLate) return 'broken';
  return resolved ? 'kept' : 'open';
}
