import { BackupError, DamagedStoreError } from '../../embedded-mongo/backup.ts';
import { SettingsError } from '../config/config.ts';
import { CANNOT_WRITE } from './data-directory.ts';
import { EXIT, StartError } from './exit.ts';

/** Ends a command with one line and a code. */
export function end(error: unknown): never {
  const { message, code } = error as NodeJS.ErrnoException;
  console.error(message);
  if (error instanceof SettingsError) process.exit(EXIT.settings);
  if (error instanceof StartError) process.exit(error.exitCode);
  if (error instanceof DamagedStoreError) process.exit(EXIT.badData);
  if (error instanceof BackupError || CANNOT_WRITE.includes(code ?? '')) process.exit(EXIT.cannotWrite);
  process.exit(EXIT.internal);
}
