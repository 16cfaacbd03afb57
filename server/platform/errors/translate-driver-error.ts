import { AppError } from '@svodka/shared/contracts/errors';

const AWAY = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoExpiredSessionError',
  'PoolClearedError',
  'PoolClosedError',
  'PoolClearedOnNetworkError',
]);
/**
 * Shutting down, stepping down, not primary: MongoDB's own codes of a node that cannot serve for the moment. And 43, a
 * cursor that has gone with the node that held it.
 */
const AWAY_CODES = new Set([43, 91, 189, 11600, 11602, 10107, 13435, 13436, 462]);

type Driver = { name?: string; code?: unknown; message?: string; keyPattern?: Record<string, unknown> };

/** What the store's error means to the one who asked; undefined: nothing in particular. */
export function translateDriverError(error: unknown): AppError | undefined {
  const { name = '', code, message = '' } = (error ?? {}) as Driver;
  if (
    AWAY.has(name) ||
    (typeof code === 'number' && AWAY_CODES.has(code)) ||
    /bufferCommands = false|Connection was force closed|must be connected/.test(message)
  )
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
