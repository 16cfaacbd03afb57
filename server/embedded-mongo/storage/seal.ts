/**
 * A small file beside the data file that says what the data file must be: which commit is its newest, which file it is
 * (a copy is another one), and, after an orderly end, the checksum of all its bytes.
 *
 * While the store is open the seal is written after each commit, without waiting for the disk: it survives the end of
 * the process, and after a power cut it says at worst something older, which proves less and is never wrong. It is made
 * durable twice: when it says «open», before the first write, and when it says «closed», after the last.
 */
import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Meta } from './data-file.ts';

const MAGIC = 'seal-1\n\0';
const BYTES = 72;

export interface Note {
  /** The store was closed in order, and `checksum` and `size` are those of the whole file. */
  closed: boolean;
  transaction: number;
  /** Checksum of the meta page of that transaction. */
  meta: number;
  checksum: number;
  size: number;
  identity: Identity;
}

/** What of a file a copy does not share. */
interface Identity {
  inode: bigint;
  bornNs: bigint;
  /** When anything about the file last changed; only after an orderly end. */
  changedNs: bigint;
}

export function identityOf(path: string): Identity {
  const { ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return { inode: BigInt.asUintN(64, ino), bornNs: birthtimeNs, changedNs: ctimeNs };
}

/**
 * Whether a file is not the one that the note was written for, or was written over since: a directory that was copied,
 * or put back from a backup. Where the system tells no time of birth, the inode decides.
 */
export function isCopy({ closed, identity: noted }: Note, found: Identity): boolean {
  if (noted.inode !== found.inode && (noted.bornNs !== found.bornNs || found.bornNs === 0n)) return true;
  return closed && noted.changedNs !== found.changedNs;
}

/** undefined when there is none; null when it cannot be read as one. */
export function readNote(path: string): Note | null | undefined {
  let bytes: Buffer;
  try {
    const fd = openSync(path, 'r');
    bytes = Buffer.alloc(BYTES + 1);
    bytes = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (bytes.length !== BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return null;
  if (crc32(bytes.subarray(0, BYTES - 4)) !== bytes.readUInt32LE(BYTES - 4)) return null;
  return {
    closed: bytes.readUInt32LE(8) === 1,
    meta: bytes.readUInt32LE(12),
    transaction: bytes.readDoubleLE(16),
    size: bytes.readDoubleLE(24),
    checksum: bytes.readUInt32LE(32),
    identity: {
      inode: bytes.readBigUInt64LE(36),
      bornNs: bytes.readBigInt64LE(44),
      changedNs: bytes.readBigInt64LE(52),
    },
  };
}

export class Seal {
  readonly #fd: number;
  readonly #dataPath: string;
  readonly #bytes = Buffer.alloc(BYTES);

  /** Says «open», durably, before anything of the data file is changed. */
  constructor(path: string, dataPath: string, newest: Meta) {
    this.#dataPath = dataPath;
    this.#fd = openSync(path, 'a+', 0o600);
    closeSync(this.#fd);
    this.#fd = openSync(path, 'r+');
    this.#bytes.write(MAGIC, 0, 'latin1');
    this.#write(newest, undefined);
    fsyncSync(this.#fd);
  }

  committed(newest: Meta): void {
    this.#bytes.writeUInt32LE(newest.crc, 12);
    this.#bytes.writeDoubleLE(newest.transaction, 16);
    this.#store();
  }

  /** Says «closed», durably. */
  close(newest: Meta, whole: { size: number; checksum: number }): void {
    this.#write(newest, whole);
    fsyncSync(this.#fd);
    this.release();
  }

  /** Lets go of the file and leaves «open» in it. */
  release(): void {
    closeSync(this.#fd);
  }

  #write({ crc, transaction }: Meta, whole: { size: number; checksum: number } | undefined): void {
    const { inode, bornNs, changedNs } = identityOf(this.#dataPath);
    this.#bytes.writeUInt32LE(whole ? 1 : 0, 8);
    this.#bytes.writeUInt32LE(crc, 12);
    this.#bytes.writeDoubleLE(transaction, 16);
    this.#bytes.writeDoubleLE(whole?.size ?? 0, 24);
    this.#bytes.writeUInt32LE(whole?.checksum ?? 0, 32);
    this.#bytes.writeBigUInt64LE(inode, 36);
    this.#bytes.writeBigInt64LE(bornNs, 44);
    this.#bytes.writeBigInt64LE(whole ? changedNs : 0n, 52);
    this.#store();
  }

  #store(): void {
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, BYTES - 4)), BYTES - 4);
    writeSync(this.#fd, this.#bytes, 0, BYTES, 0);
  }
}
