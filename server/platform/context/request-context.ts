// Who is at work, for what is written on the way: set around each request that may change something, read by the
// repositories that stamp what they write. A parameter through every service would be forgotten in one of them; this cannot be.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Id } from '@svodka/shared/contracts/id';

/** The last write of a document by somebody: `by` null is a program, `from` their address. Hidden. */
export type Touched = { by: Id | null; from: string | null; at: Date };

export type RequestContext = {
  userId: Id | null;
  address: string | null;
  /** Whom an attempt is about, where that is not who makes it: a refused sign-in. */
  about: Id | null;
};

const storage = new AsyncLocalStorage<RequestContext>();
/**
 * How many are within a context. While there is one, every promise of the process has a hook, on Node 20 and 22: an
 * `await` takes 180 ns in place of 70. So only what may be stamped runs within one, and the last to leave takes the hooks
 * away.
 */
let within = 0;

/** Nobody, as a request begins, or a program. */
export const nobodyAt = (address: string | null): RequestContext => ({ userId: null, address, about: null });

/** Runs what may stamp something that it writes, until it has ended. */
export async function inContext<T>(context: RequestContext, work: () => T | Promise<T>): Promise<T> {
  within++;
  try {
    return await storage.run(context, work);
  } finally {
    if (--within === 0) storage.disable();
  }
}

/** The attempt that is under way is about somebody who does not make it. */
export function contextIsAbout(about: Id): void {
  const context = storage.getStore();
  if (context) context.about = about;
}

/** The stamp of a write that happens now; outside of a context: nobody, from nowhere. */
export function touchedNow(): { touched: Touched } {
  const { userId = null, address = null } = storage.getStore() ?? {};
  return { touched: { by: userId, from: address, at: new Date() } };
}
