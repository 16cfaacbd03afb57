// The data directory: who may use it, and what lies in it.
//
//   VERSION      the form of the data; a newer one than this program knows is left alone
//   lock         the process that uses it (process-lock)
//   store.json   where the running embedded store listens, so that scripts and second processes find it; 0600
//   store/       the embedded store's own files
//   replaced-…/  what a restore has put aside
//   erasures/    whose data were erased, and the acts (erasure)
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lock, LockHeld, takeLock } from '../../process-lock/lock.ts';
import { isAlive } from '../../process-lock/process-identity.ts';
import { EXIT, StartError } from './exit.ts';

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
   * @param isStoreNeeded a directory that has lost its store is refused, except by whoever brings one
   * @throws StartError
   */
  static async open(
    path: string,
    { handoverMs = HANDOVER_MS, isStoreNeeded = true }: { handoverMs?: number; isStoreNeeded?: boolean } = {},
  ): Promise<DataDirectory> {
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const lock = await takeLock(join(path, 'lock'), handoverMs);
      try {
        await finishRestore(path);
        await checkVersion(path, isStoreNeeded);
        // The address of a store that was killed: it is nobody's any more.
        await rm(join(path, 'store.json'), { force: true });
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

  /**
   * Puts another store in the place of this one, whole or not at all: what a crash cuts off, the next start finishes.
   * @param fill writes it into the empty directory that it is given
   * @returns where the former store is kept; null when there was none
   */
  async replaceStore(fill: (directory: string) => Promise<void>): Promise<string | null> {
    const [part, ready] = [join(this.path, 'store.part'), join(this.path, 'store.new')];
    for (const left of [part, ready]) await rm(left, { recursive: true, force: true });
    await mkdir(part, { mode: 0o700 });
    await fill(part);
    for (const written of [...(await readdir(part)).map((name) => join(part, name)), part])
      await sync(written);
    const stamp = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '-');
    const aside = join(this.path, `replaced-${stamp}`);
    await rename(part, ready);
    await sync(this.path);
    const hadOne = await isFilled(this.storePath);
    if (hadOne) await rename(this.storePath, aside);
    else await rm(this.storePath, { recursive: true, force: true });
    await rename(ready, this.storePath);
    await sync(this.path);
    return hadOne ? aside : null;
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
    const address = JSON.parse(await readFile(join(dataDir, 'store.json'), 'utf8')) as StoreAddress;
    return isAlive(address.pid) ? address : null;
  } catch {
    return null;
  }
}

/** A restore that was cut off had the new store ready, and perhaps the former one out of its place. */
async function finishRestore(path: string): Promise<void> {
  const names = await readdir(path);
  if (names.includes('store.new') && !names.includes('store'))
    await rename(join(path, 'store.new'), join(path, 'store'));
}

const isFilled = async (path: string): Promise<boolean> => (await readdir(path).catch(() => [])).length > 0;

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function checkVersion(path: string, isStoreNeeded: boolean): Promise<void> {
  const file = join(path, 'VERSION');
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (await isFilled(join(path, 'store')))
      throw new StartError(
        `The data in ${path} is damaged: it has a store but no VERSION file. Nothing was changed.`,
        EXIT.badData,
      );
    // The store's place comes first: where there is a version, there was a place, and one that is gone is damage.
    await mkdir(join(path, 'store'), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${DATA_VERSION}\n`, { mode: 0o600 });
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
  if (isStoreNeeded && !(await readdir(path)).includes('store'))
    throw new StartError(
      `The data in ${path} is damaged: it has a VERSION file but no store. Nothing was changed. Put a backup in its place (npm run restore).`,
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
