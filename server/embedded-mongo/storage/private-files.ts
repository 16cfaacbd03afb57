import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that the program writes holds what people said and did: it is its owner's alone to read. */
export const PRIVATE_FILE = 0o600;

/**
 * Takes from others what an older version, a copying tool or a wide umask has let them read of a directory's files.
 * Where the files are another user's, who gave them to this one by a group, they stay as they are.
 */
export function keepPrivate(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(directory, entry.name);
    try {
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, PRIVATE_FILE);
    } catch (error) {
      if (!['EPERM', 'EROFS', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}
