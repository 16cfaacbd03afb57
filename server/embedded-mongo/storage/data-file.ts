import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { MongoError } from '../errors.ts';

const MAGIC = 0xbeefc0de;
const HEADER = 24;

/** The data file cannot be trusted; opening it would end in a signal or in wrong answers. */
export class DamagedStoreError extends Error {
  override name = 'DamagedStoreError';
}

/** Code 14031: the write was refused before it was tried. */
export const diskFull = (): MongoError =>
  new MongoError('OutOfDiskSpace', 'the disk of the data directory is full; nothing was written');

interface Meta {
  transaction: bigint;
  bytes: bigint;
}

function metaAt(page: Buffer): (Meta & { pageSize: number }) | undefined {
  if (page.length < 160 || page.readUInt32LE(HEADER) !== MAGIC) return undefined;
  const pageSize = page.readUInt32LE(HEADER + 24);
  const lastPage = page.readBigUInt64LE(HEADER + 120);
  return {
    pageSize,
    bytes: (lastPage + 1n) * BigInt(pageSize),
    transaction: page.readBigUInt64LE(HEADER + 128),
  };
}

/**
 * Compares a file's length with what its newest meta page claims, before LMDB maps it: beyond the end of the file
 * a mapped read ends in SIGBUS, which no handler can turn into a sentence.
 * Layout: `MDB_meta` of LMDB 1.0 as lmdb-js 3 writes it (24-byte page header; magic, version, address, map size,
 * two `MDB_db` of 48 bytes, last page, transaction).
 *
 * @throws DamagedStoreError
 */
export function checkDataFile(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    if (size === 0) return;
    const read = (at: number) => {
      const page = Buffer.alloc(192);
      return page.subarray(0, readSync(file, page, 0, page.length, at));
    };
    const first = metaAt(read(0));
    const pageSize = first && first.pageSize >= 512 && first.pageSize <= 65536 ? first.pageSize : 4096;
    const second = metaAt(read(pageSize));
    if (!first && !second) throw new DamagedStoreError(`${path} is not a data file of this store`);
    const newest = [first, second]
      .filter((m) => m !== undefined)
      .sort((a, b) => (a.transaction < b.transaction ? 1 : -1));
    const needed = newest[0]?.bytes ?? 0n;
    if (BigInt(size) < needed) {
      throw new DamagedStoreError(
        `${path} is damaged: ${size} bytes of ${needed} are there; restore a backup`,
      );
    }
  } finally {
    closeSync(file);
  }
}

const MiB = 1024 * 1024;

/** An answer about free space may be this old, as long as little has been written since. */
const FRESH_MS = 20;

/** What a commit may need: each key may touch a page of its own, and values take room besides. */
export interface Demand {
  keys: number;
  bytes: number;
  /** Only removes: it may use half of the reserve, because it is what makes room. */
  shrinks: boolean;
}

/**
 * LMDB aborts the process when the disk is full in the middle of a commit, so a batch is refused while there is
 * still room: a reserve of 64 MiB, or a quarter of a small file system, and the most that the batch can need.
 */
export class DiskReserve {
  readonly #directory: string;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Bytes above the reserve that may still be written. */
  #spare = 0;
  #reserve = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param pageSize and size of the data file: a batch touches no more pages than there are */
  async hasRoomFor({ keys, bytes, shrinks }: Demand, pageSize: number, fileBytes: number): Promise<boolean> {
    const needed = Math.min(keys * pageSize, fileBytes) + bytes * 2;
    if (performance.now() - this.#askedAt > FRESH_MS || needed > this.#spare / 8) {
      const { bavail, bsize, blocks } = await statfs(this.#directory);
      this.#reserve = Math.min(64 * MiB, (blocks * bsize) / 4);
      this.#spare = bavail * bsize - this.#reserve;
      this.#askedAt = performance.now();
    }
    if (needed > this.#spare + (shrinks ? this.#reserve / 2 : 0)) return false;
    this.#spare -= needed;
    return true;
  }
}
