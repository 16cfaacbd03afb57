// The data directory: who may use it, and what lies in it.
//
//   VERSION      the form of the data; a newer one than this program knows is left alone
//   lock         the process that uses it (lock.ts)
//   store.json   where the running embedded store listens, so that scripts and second processes find it; 0600
//   store/       the embedded store's own files
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, StartError } from './exit.ts';
import { type Lock, LockHeld, takeLock } from './lock.ts';

/** Rises when an older program could no longer read what this one writes. */
export const DATA_VERSION = 1;

/** A stopping server may take so long to let go of its directory. */
const HANDOVER_MS = 3_000;

/** Codes of file systems that do not take what we write: of a wrong path as much as of a full or broken disk. */
export const CANNOT_WRITE = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'ENOSPC',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOENT',
  'ENXIO',
  'EFBIG',
  'EBUSY',
  'EINVAL',
];

export type StoreAddress = { uri: string; pid: number };

export class DataDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: Lock,
  ) {}

  get storePath(): string {
    return join(this.path, 'store');
  }

  /**
   * Makes the directory when it is missing, takes its lock and checks its version.
   * @throws StartError
   */
  static async open(path: string, handoverMs = HANDOVER_MS): Promise<DataDirectory> {
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const lock = await takeLock(join(path, 'lock'), handoverMs);
      try {
        await checkVersion(path);
      } catch (error) {
        await lock.release();
        throw error;
      }
      return new DataDirectory(path, lock);
    } catch (error) {
      throw asStartError(path, error);
    }
  }

  /** Tells other processes where the store listens. */
  async publishStore(address: StoreAddress): Promise<void> {
    const file = join(this.path, 'store.json');
    await writeFile(`${file}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  /** Lets go of the directory. */
  async close(): Promise<void> {
    await rm(join(this.path, 'store.json'), { force: true });
    await this.lock.release();
  }
}

/** Where the running store of a data directory listens; null when none runs. */
export async function findStore(dataDir: string): Promise<StoreAddress | null> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'store.json'), 'utf8')) as StoreAddress;
  } catch {
    return null;
  }
}

async function checkVersion(path: string): Promise<void> {
  const file = join(path, 'VERSION');
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if ((await readdir(path)).includes('store'))
      throw new StartError(
        `The data in ${path} is damaged: it has a store but no VERSION file. Nothing was changed.`,
        EXIT.badData,
      );
    await writeFile(`${file}.new`, `${DATA_VERSION}\n`);
    await rename(`${file}.new`, file);
    return;
  }
  if (!/^\d{1,6}$/.test(text))
    throw new StartError(
      `The data in ${path} is damaged: its VERSION file says "${text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')}". Nothing was changed.`,
      EXIT.badData,
    );
  if (Number(text) > DATA_VERSION)
    throw new StartError(
      `The data in ${path} is of version ${text}, and this program knows ${DATA_VERSION}: start a newer Svodka. Nothing was changed.`,
      EXIT.badData,
    );
}

function asStartError(path: string, error: unknown): unknown {
  if (error instanceof LockHeld)
    return new StartError(
      `The data directory ${path} is in use by process ${error.pid}. Stop it, or set another DATA_DIR.`,
      EXIT.cannotWrite,
    );
  const { code } = error as NodeJS.ErrnoException;
  if (code && CANNOT_WRITE.includes(code))
    return new StartError(`The data directory ${path} cannot be written (${code}).`, EXIT.cannotWrite);
  return error;
}
