/** A call tells of itself when it is over: one that began in time has kept its word. */
const GRACE_MS = 15 * 60_000;

type Promised = { dueAt: Date | null; resolved: { at: Date } | null };

/** What has become of a promise (`call.promise`) by `now`. */
export function promiseFate({ dueAt, resolved }: Promised, now: Date): 'open' | 'kept' | 'broken' {
  const isLate = dueAt !== null && (resolved?.at ?? now).getTime() > dueAt.getTime() + GRACE_MS;
  if (isLate) return 'broken';
  return resolved ? 'kept' : 'open';
}
