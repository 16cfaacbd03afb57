/**
 * The data file read without LMDB: its two meta pages, and its bytes.
 * Layout: LMDB 1.0 as lmdb-js 3 writes it: pages with a header of 24 bytes; the first two are metas, each with magic,
 * version, address, map size, two trees (of free pages, of the data) of 48 bytes, last page, transaction. Transaction
 * N writes meta page N % 2.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DamagedStoreError } from './damage.ts';

export const PAGE_HEADER = 24;
export const PAGE_FLAGS = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const META_BYTES = 168;
const CHUNK = 1024 * 1024;

/** A tree's root and the numbers that it must have. A root of -1 is an empty tree. */
export interface Tree {
  depth: number;
  branches: number;
  leaves: number;
  overflows: number;
  entries: number;
  root: number;
}

export interface Meta {
  pageSize: number;
  transaction: number;
  lastPage: number;
  free: Tree;
  main: Tree;
  /** Checksum of the meta page's used bytes. */
  crc: number;
}

/** Page numbers and counts stay far below 2^53; what does not is damage. */
function numberAt(page: Buffer, at: number): number {
  const low = page.readUInt32LE(at);
  const high = page.readUInt32LE(at + 4);
  return low === 0xffffffff && high === 0xffffffff ? -1 : high * 2 ** 32 + low;
}

const treeAt = (page: Buffer, at: number): Tree => ({
  depth: page.readUInt16LE(at + 6),
  branches: numberAt(page, at + 8),
  leaves: numberAt(page, at + 16),
  overflows: numberAt(page, at + 24),
  entries: numberAt(page, at + 32),
  root: numberAt(page, at + 40),
});

export class DataFile {
  readonly path: string;
  readonly size: number;
  readonly #fd: number;

  /** undefined where there is no file yet, or nothing in it. */
  static open(path: string): DataFile | undefined {
    if (!existsSync(path)) return undefined;
    const file = new DataFile(path, openSync(path, 'r'));
    if (file.size > 0) return file;
    file.close();
    return undefined;
  }

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
    this.size = fstatSync(fd).size;
  }

  close(): void {
    closeSync(this.#fd);
  }

  read(into: Buffer, at: number): Buffer {
    return into.subarray(0, readSync(this.#fd, into, 0, into.length, at));
  }

  /**
   * Both meta pages, the newest first. LMDB writes each with its first commit and never loses one, so a missing one
   * is damage even while the other would do: it may have held the newest commit.
   * @throws DamagedStoreError
   */
  metas(): [Meta, Meta] {
    const first = this.#metaAt(0, 4096);
    const second = this.#metaAt(1, first.pageSize);
    const metas: [Meta, Meta] = first.transaction > second.transaction ? [first, second] : [second, first];
    const [newest, older] = metas;
    // A compacted copy has an empty first meta page and the copied commit on the second.
    const isCopied = older.transaction === 0 && older.main.entries === 0;
    if (newest.transaction > older.transaction + 1 && !isCopied)
      throw new DamagedStoreError(
        `${this.path} is damaged: between transactions ${older.transaction} and ${newest.transaction} a meta page was lost`,
      );
    return metas;
  }

  /** @throws DamagedStoreError when the file ends before the pages that a commit has written */
  checkLength({ lastPage, pageSize }: Meta): void {
    const needed = (lastPage + 1) * pageSize;
    if (this.size < needed)
      throw new DamagedStoreError(`${this.path} is damaged: ${this.size} bytes of ${needed} are there`);
  }

  /** Checksum of the whole file, read from front to end. */
  checksum(): number {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let crc = 0;
    for (let at = 0; at < this.size; at += CHUNK) crc = crc32(this.read(chunk, at), crc);
    return crc;
  }

  #metaAt(number: 0 | 1, pageSize: number): Meta {
    const page = this.read(Buffer.alloc(META_BYTES), number * pageSize);
    const at = PAGE_HEADER;
    if (
      page.length < META_BYTES ||
      numberAt(page, 0) !== number ||
      (page.readUInt16LE(18) & PAGE_FLAGS.meta) === 0 ||
      page.readUInt32LE(at) !== MAGIC ||
      page.readUInt32LE(at + 4) !== VERSION ||
      page.readUInt32LE(at + 24) < 4096 ||
      page.readUInt32LE(at + 24) > 65536
    )
      throw new DamagedStoreError(
        `${this.path} is damaged, or not a data file of this store: its meta page ${number} cannot be read`,
      );
    const transaction = numberAt(page, at + 128);
    if (transaction !== 0 && transaction % 2 !== number)
      throw new DamagedStoreError(
        `${this.path} is damaged: its meta page ${number} is of another transaction`,
      );
    return {
      pageSize: page.readUInt32LE(at + 24),
      free: treeAt(page, at + 24),
      main: treeAt(page, at + 72),
      lastPage: numberAt(page, at + 120),
      transaction,
      crc: crc32(page),
    };
  }
}
