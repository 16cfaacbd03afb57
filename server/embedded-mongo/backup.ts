/**
 * A copy of a store in one file, made while the store is used or while it is not: LMDB reads one snapshot of its pages
 * beside the writers, from this process. What was written is then looked at page by page, as at the opening of a store
 * that had no orderly end. A store that finds such a file in its directory knows that it is a copy (storage/history.ts).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { open } from 'lmdb';
import { decode } from './bson/raw.ts';
import { DamagedStoreError } from './storage/damage.ts';
import { DataFile } from './storage/data-file.ts';
import { inspect } from './storage/inspect.ts';
import { metaKey, SPACE } from './storage/keys.ts';
import { isHeld, lockDirectory } from './storage/lock.ts';
import { DATA_FILE, SEAL_FILE } from './storage/store.ts';
import { Walk } from './storage/walk.ts';

export { DamagedStoreError };

export interface Contents {
  bytes: number;
  entries: number;
  /** Documents by namespace. */
  documents: Map<string, number>;
}

/** What would not be made: there is no store, or no room. */
export class BackupError extends Error {
  override name = 'BackupError';
}

const COLLECTION = metaKey('c:');
const COUNTER = metaKey('n:');
const startsWith = (key: Buffer, prefix: Buffer) => key.subarray(0, prefix.length).equals(prefix);

/**
 * Looks at every page of a store's file, and counts.
 * @throws DamagedStoreError, BackupError
 */
export function examine(path: string): Contents {
  const file = DataFile.open(path);
  if (!file) throw new BackupError(`${path} is not there, or empty`);
  try {
    const [newest] = file.metas();
    file.checkLength(newest);
    const names = new Map<number, string>();
    const told = new Map<number, number>();
    const found = new Map<number, number>();
    const { entries } = new Walk(file, newest).run((key, value) => {
      if (key[0] === SPACE.records) {
        const id = key.readUInt32BE(1);
        found.set(id, (found.get(id) ?? 0) + 1);
      } else if (startsWith(key, COLLECTION)) {
        const { id, db, name } = decode(Buffer.from(value));
        names.set(Number(id), `${db}.${name}`);
      } else if (startsWith(key, COUNTER)) {
        told.set(Number(key.toString('utf8', COUNTER.length)), value.readDoubleBE(0));
      }
    });
    const documents = new Map<string, number>();
    for (const [id, name] of names) {
      const count = found.get(id) ?? 0;
      if (count !== (told.get(id) ?? 0))
        throw new DamagedStoreError(
          `${path} is damaged: ${name} has ${count} documents of ${told.get(id) ?? 0}`,
        );
      documents.set(name, count);
    }
    return { bytes: file.size, entries, documents };
  } finally {
    file.close();
  }
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes what was renamed in a directory durable, where the system can. */
export function syncDirectory(path: string): void {
  try {
    sync(path);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  }
}

/**
 * Writes the store of `directory` into the file `target`, which must not be there. Nothing is left behind when it fails.
 * @throws BackupError, DamagedStoreError, file system errors
 */
export async function backUp(directory: string, target: string): Promise<Contents> {
  const path = join(directory, DATA_FILE);
  if (!existsSync(path)) throw new BackupError(`there is no store in ${directory}`);
  if (existsSync(target)) throw new BackupError(`${target} is there already`);
  // A store that nobody has open is held and looked at first: LMDB trusts what it maps.
  const lock = (await isHeld(directory)) ? undefined : await lockDirectory(directory);
  const part = `${target}.part`;
  try {
    if (lock) inspect(path, join(directory, SEAL_FILE));
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const { bavail, bsize } = statfsSync(dirname(target));
    const { size } = statSync(path);
    if (bavail * bsize < size)
      throw new BackupError(
        `${dirname(target)} has ${bavail * bsize} bytes of room, and the store may need ${size}`,
      );
    rmSync(part, { force: true });
    const mask = process.umask(0o077);
    const env = open({ path, noSubdir: true, readOnly: true, keyEncoding: 'binary', encoding: 'binary' });
    try {
      await env.backup(part, true);
    } finally {
      process.umask(mask);
      await env.close();
    }
    const contents = examine(part);
    sync(part);
    renameSync(part, target);
    syncDirectory(dirname(target));
    return contents;
  } finally {
    rmSync(part, { force: true });
    await lock?.release();
  }
}
