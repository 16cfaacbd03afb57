// Who is at work, for what is written on the way: set around each request, read by the repositories that stamp what
// they write. A parameter through every service would be forgotten in one of them; this cannot be.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Id } from '@svodka/shared/contracts/id';

/** The last write of a document by somebody: `by` null is a program, `from` their address. Hidden. */
export type Touched = { by: Id | null; from: string | null; at: Date };

type Context = {
  userId: Id | null;
  address: string | null;
  /** Whom an attempt is about, where that is not who makes it: a refused sign-in. */
  about: Id | null;
};

const storage = new AsyncLocalStorage<Context>();

/** Runs a request with nobody known yet. */
export function inRequest<T>(address: string | null, work: () => T): T {
  return storage.run({ userId: null, address, about: null }, work);
}

export function contextSays(says: Partial<Pick<Context, 'userId' | 'about'>>): void {
  const context = storage.getStore();
  if (context) Object.assign(context, says);
}

/** Outside of any request: nobody, from nowhere. */
export const requestContext = (): Context =>
  storage.getStore() ?? { userId: null, address: null, about: null };

/** The stamp of a write that happens now. */
export function touchedNow(): { touched: Touched } {
  const { userId, address } = requestContext();
  return { touched: { by: userId, from: address, at: new Date() } };
}
