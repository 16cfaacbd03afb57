import { statfsSync } from 'node:fs';
import { MongoError } from '../errors.ts';

/** Code 14031: the write was refused before it was tried. */
export const diskFull = (): MongoError =>
  new MongoError('OutOfDiskSpace', 'the disk of the data directory is full; nothing was written');

const MiB = 1024 * 1024;

/** An answer about free space may be this old, as long as little has been written since. */
const FRESH_MS = 20;

export type Growth = 'adds' | 'changes' | 'removes';
const SHARE: Record<Growth, number> = { adds: 0, changes: 0.25, removes: 0.5 };

/** What a commit may need: each key may touch a page of its own, and values take room besides. */
export interface Demand {
  keys: number;
  bytes: number;
  /**
   * What it does. Only what adds documents keeps off the reserve: a change may use a quarter of it, because to delete an
   * event is to change it; a removal may use half, because it makes room.
   */
  growth: Growth;
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

  /**
   * Asked of the system in the same turn: to wait for another thread costs each commit more than the answer does.
   * @param pageSize and size of the data file: a batch touches no more pages than there are
   */
  hasRoomFor({ keys, bytes, growth }: Demand, pageSize: number, fileBytes: number): boolean {
    const needed = Math.min(keys * pageSize, fileBytes) + bytes * 2;
    if (performance.now() - this.#askedAt > FRESH_MS || needed > this.#spare / 8) {
      const { bavail, bsize, blocks } = statfsSync(this.#directory);
      this.#reserve = Math.min(64 * MiB, (blocks * bsize) / 4);
      this.#spare = bavail * bsize - this.#reserve;
      this.#askedAt = performance.now();
    }
    if (needed > this.#spare + this.#reserve * SHARE[growth]) return false;
    this.#spare -= needed;
    return true;
  }
}
