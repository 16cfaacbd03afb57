/**
 * Open cursors. A cursor belongs to nobody in particular (MongoDB lets any connection go on with it), is used by
 * one getMore at a time, and dies after ten idle minutes unless it asked not to.
 */
import { randomBytes } from 'node:crypto';
import { type Document, Long } from 'bson';
import { MongoError } from '../errors.ts';
import type { Operation } from './operation.ts';

export const IDLE_MS = 10 * 60 * 1000;
/** Cursors that are open at once, all together: each may hold sorted documents. */
const MAX_CURSORS = 10_000;
/** What a reply may carry in documents; the rest of the 48 MB message is slack. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
export const FIRST_BATCH = 101;

/** Documents of one reply. */
export class Batch {
  readonly documents: Buffer[] = [];
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.documents.length >= this.#limit || this.#bytes >= MAX_BATCH_BYTES;
  }

  /** False when the document must wait for the next reply. A single document always fits. */
  add(document: Buffer): boolean {
    if (this.documents.length >= this.#limit) return false;
    if (this.documents.length > 0 && this.#bytes + document.length > MAX_BATCH_BYTES) return false;
    this.documents.push(document);
    this.#bytes += document.length;
    return true;
  }
}

/** Where a cursor's documents come from. */
export interface Source {
  /** Adds documents until the batch is full or there are none. @returns true when there are none left */
  fill(batch: Batch, operation: Operation, wait?: { ms: number }): Promise<boolean>;
  /** Extra fields of the cursor document, such as `postBatchResumeToken`. */
  fields?(): Document;
  close?(): void;
  /** True for sources that wait for data (change streams). */
  awaits?: boolean;
}

export class Cursor {
  readonly id: Long;
  readonly namespace: string;
  readonly source: Source;
  readonly keepAlive: boolean;
  lastUse = performance.now();
  busy: Operation | undefined;
  killed = false;

  constructor(id: Long, namespace: string, source: Source, keepAlive: boolean) {
    this.id = id;
    this.namespace = namespace;
    this.source = source;
    this.keepAlive = keepAlive;
  }
}

export class Cursors {
  readonly #open = new Map<string, Cursor>();

  get size(): number {
    return this.#open.size;
  }

  add(namespace: string, source: Source, keepAlive: boolean): Cursor {
    if (this.#open.size >= MAX_CURSORS) {
      throw new MongoError('QueryExceededMemoryLimitNoDiskUseAllowed', 'too many cursors are open');
    }
    for (;;) {
      const id = Long.fromBigInt(randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn);
      const key = id.toString();
      if (id.isZero() || this.#open.has(key)) continue;
      const cursor = new Cursor(id, namespace, source, keepAlive);
      this.#open.set(key, cursor);
      return cursor;
    }
  }

  /** @throws MongoError 43 */
  find(id: bigint): Cursor {
    const cursor = this.#open.get(id.toString());
    if (!cursor) throw new MongoError('CursorNotFound', `cursor id ${id} not found`);
    return cursor;
  }

  /** Ends a cursor; one that is being used ends its getMore with 237. */
  kill(id: bigint): boolean {
    const cursor = this.#open.get(id.toString());
    if (!cursor) return false;
    this.close(cursor);
    return true;
  }

  close(cursor: Cursor): void {
    this.#open.delete(cursor.id.toString());
    cursor.killed = true;
    if (cursor.busy) cursor.busy.end(new MongoError('CursorKilled', 'the cursor was killed'));
    else cursor.source.close?.();
  }

  /** Closes cursors on a namespace (or on a whole database, by `db.`): their data is gone. */
  closeOn(matches: (namespace: string) => boolean): void {
    for (const cursor of [...this.#open.values()]) {
      if (!cursor.source.awaits && matches(cursor.namespace)) this.close(cursor);
    }
  }

  sweep(): void {
    const oldest = performance.now() - IDLE_MS;
    for (const cursor of [...this.#open.values()]) {
      if (!cursor.busy && !cursor.keepAlive && cursor.lastUse < oldest) this.close(cursor);
    }
  }

  closeAll(): void {
    for (const cursor of [...this.#open.values()]) this.close(cursor);
  }
}
