import { AppError } from '@svodka/shared/contracts/errors';

/** Classes of the driver and of mongoose that mean that the store is not reached; so does whatever is derived from them. */
const AWAY = new Set([
  'MongoNetworkError',
  'MongoSystemError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoClientClosedError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoExpiredSessionError',
  'MongoServerClosedError',
  'MongoOperationTimeoutError',
  'MongoUnexpectedServerResponseError',
  'MongoStalePrimaryError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'PoolClearedError',
  'PoolClosedError',
  'PoolClearedOnNetworkError',
]);
/** A line to the store that broke before the driver could say so in its own words. */
const BROKEN_LINE = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'ENOTCONN']);
/**
 * Shutting down, stepping down, not primary: MongoDB's own codes of a node that cannot serve for the moment. And 43, a
 * cursor that has gone with the node that held it.
 */
const AWAY_CODES = new Set([43, 91, 189, 11600, 11602, 10107, 13435, 13436, 462]);

type Driver = {
  name?: string;
  code?: unknown;
  syscall?: unknown;
  message?: string;
  cause?: unknown;
  /** What an error of several writes together was made of: it has no cause. */
  errorResponse?: unknown;
  keyPattern?: Record<string, unknown>;
};

/** Whether an error, what it is derived from, or what caused it means that the store is not reached. */
function isAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { name = '', code, syscall, cause, errorResponse } = error as Driver;
  if (AWAY.has(name) || (typeof code === 'number' && AWAY_CODES.has(code))) return true;
  if (typeof code === 'string' && syscall !== undefined && BROKEN_LINE.has(code)) return true;
  for (let kind = Object.getPrototypeOf(error); kind; kind = Object.getPrototypeOf(kind))
    if (AWAY.has(kind.constructor?.name)) return true;
  return isAway(cause, depth + 1) || isAway(errorResponse, depth + 1);
}

/** What the store's error means to the one who asked; undefined: nothing in particular. */
export function translateDriverError(error: unknown): AppError | undefined {
  const { name = '', code, message = '' } = (error ?? {}) as Driver;
  // Mongoose has no class of its own for a model that is used while its connection is down.
  if (isAway(error) || /bufferCommands = false|must be connected/.test(message))
    return new AppError('unavailable', 'the store does not answer');
  if (code === 14031) return new AppError('insufficient-storage', 'the store has no space');
  if (code === 50)
    return new AppError('validation', 'too slow', [{ field: 'filter', reason: 'too-expensive' }]);
  if (name === 'CastError' || name === 'ValidationError' || name === 'StrictModeError')
    return new AppError('validation', 'refused by the schema', [
      { field: (error as { path?: string }).path ?? '', reason: 'type' },
    ]);
  return undefined;
}

/** Whether a write failed because a unique index holds the key already. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as Driver | undefined)?.code === 11000;
}
