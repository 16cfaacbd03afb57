import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLockHeld, type Lock, LockHeld, takeLock } from '../../process-lock/lock.ts';

/** Another process has the store open. Two of them on one file would each trust their own memory of it. */
export class StoreInUseError extends Error {
  override name = 'StoreInUseError';
}

/** A process that lost its parent closes at once, so the next one waits a little before it complains. */
const PATIENCE_MS = 10_000;

const pathIn = (directory: string): string => join(directory, 'lock');

/** Whether a living process has the store open. */
export const isHeld = (directory: string): Promise<boolean> => isLockHeld(pathIn(directory));

/**
 * Takes the store's directory, which is made when it is missing, for this process.
 * @throws StoreInUseError after ten seconds; file system errors as they are
 */
export async function lockDirectory(directory: string): Promise<Lock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return await takeLock(pathIn(directory), PATIENCE_MS);
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    throw new StoreInUseError(`process ${error.pid} has the store ${directory} open`);
  }
}
