import { AppError } from '@svodka/shared/contracts/errors';
import { SOCKET_LIMITS, SOCKET_MESSAGES } from '@svodka/shared/feed/socket';
import { TokenBucket } from '../limits/token-bucket.ts';
import type { AppSocket } from './socket-types.ts';

const MAX_DEPTH = 20;
/** Refusals for going too fast after which the other end is taken for one that will not learn; one a second is forgiven. */
const PATIENCE = { perSecond: 1, burst: 200 };
/** A message whose answer takes longer than this no longer holds up those behind it, ms. */
const HANDLER_MS = 15_000;

const KNOWN: ReadonlySet<unknown> = new Set(SOCKET_MESSAGES);
/** Messages that cost a query. */
const COSTLY: ReadonlySet<unknown> = new Set(['feed.subscribe', 'counts.subscribe', 'event.follow']);

type Answer = (answer: unknown) => void;

/** Whether a value nests no deeper than `depth`; stops looking as soon as it does. */
export function isShallow(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/**
 * Stands before every handler of a socket: only messages of the contract, one flat enough body, not too many of
 * them, and one after the other, because the framework would run them side by side and let a later one overtake.
 * Every message that asks for an answer gets one.
 * @param explain turns an error into the answer
 */
export function guardMessages(socket: AppSocket, explain: (error: unknown) => unknown): void {
  const messages = new TokenBucket(SOCKET_LIMITS.all);
  const costly = new TokenBucket(SOCKET_LIMITS.costly);
  const patience = new TokenBucket(PATIENCE);
  let last: Promise<void> = Promise.resolve();

  socket.use((packet, next) => {
    const args = packet as unknown[];
    const given = args.at(-1);
    const answer = typeof given === 'function' ? (given as Answer) : null;
    const refuse = (error: AppError) => answer?.(explain(error));
    const name = args[0];
    if (!messages.take() || (COSTLY.has(name) && !costly.take())) {
      refuse(new AppError('rate-limited', 'too many messages', [], { retryAfter: 1 }));
      if (!patience.take()) socket.disconnect(true);
      return;
    }
    if (!KNOWN.has(name)) {
      return refuse(
        new AppError('validation', 'unknown message', [{ field: '', reason: 'unknown-message' }]),
      );
    }
    const bodies = args.slice(1, answer ? -1 : undefined);
    if (bodies.length !== 1 || !isShallow(bodies)) {
      return refuse(new AppError('validation', 'one flat body', [{ field: '', reason: 'type' }]));
    }
    const before = last;
    last = new Promise((done) => {
      const timer = setTimeout(done, HANDLER_MS);
      timer.unref();
      const finish: Answer = (result) => {
        clearTimeout(timer);
        done();
        answer?.(result);
      };
      if (answer) args[args.length - 1] = finish;
      else args.push(finish);
    });
    void before.then(() => {
      if (socket.connected) next();
    });
  });
}
