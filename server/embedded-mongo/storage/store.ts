/**
 * The ordered, durable key-value space under everything else.
 *
 * Order: statements run one after another in the one JavaScript thread, each as a synchronous stretch that reads
 * through the overlay and stages its writes; so a statement is atomic and sees all earlier ones.
 * Durability: staged writes gather in a batch. One batch at a time is committed by LMDB (data pages, fdatasync,
 * then the meta page, synced); only then do its waiters hear of it, and only then do readers see it.
 * Failure: after a failed commit the outcome is unknown, so nothing is acknowledged any more until the store has
 * been opened anew. A batch refused for want of disk space was never tried and is simply dropped.
 * Shutdown: `close` lets the last batch finish.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { MongoError } from '../errors.ts';
import { DamagedStoreError } from './damage.ts';
import { DataFile, type Meta } from './data-file.ts';
import { DiskReserve, diskFull, type Growth } from './disk-reserve.ts';
import { type Inspection, inspect } from './inspect.ts';
import { TALLY_KEY } from './keys.ts';
import { Overlay, type Staged } from './overlay.ts';
import { keepPrivate, PRIVATE_FILE } from './private-files.ts';
import { RangeCursor } from './range-cursor.ts';
import { Seal } from './seal.ts';
import { weightOf } from './tally.ts';

/** What reads need: the disk alone (`store.durable`) or the disk under the overlay (`store.latest`). */
export interface View {
  get(key: Buffer): Buffer | undefined;
  range(low: Buffer, high: Buffer, reverse?: boolean): RangeCursor;
}

interface Batch {
  number: number;
  staged: Staged[];
  bytes: number;
  /** The most that one of its statements does; see `grow`. */
  growth: Growth;
  done: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
  beforeFlush: Set<() => void>;
}

export interface StoreEvents {
  /** A batch has been committed; called before its waiters. */
  onCommit?: () => void;
  /** A staged batch was dropped: whatever was derived from it in memory must be read again. */
  onDrop?: () => void;
  /** What was committed could not be noted in the seal. */
  onSealFailure?: (error: Error) => void;
  /** The store does not write any more. */
  onFailure?: (error: Error) => void;
}

export const DATA_FILE = 'data.mdb';
export const SEAL_FILE = 'seal';
const PAGE_BYTES = 4096;
/** A batch does not grow beyond this while another one is being written; writers wait instead. */
const FULL_BATCH_BYTES = 32 * 1024 * 1024;

export class Store {
  readonly durable: View;
  readonly latest: View;
  /** What was found when it was opened. */
  readonly found: Inspection;
  readonly #path: string;
  readonly #env: RootDatabase<Buffer, Buffer>;
  readonly #file: DataFile;
  readonly #seal: Seal;
  /** Sum of the weights of everything on disk (see tally.ts). */
  #tally: number;
  readonly #disk: DiskReserve;
  readonly #overlay = new Overlay();
  #events: StoreEvents = {};
  #gathering: Batch;
  #writing: Batch | undefined;
  #failure: Error | undefined;
  #closing = false;
  #scheduled = false;

  private constructor(env: RootDatabase<Buffer, Buffer>, directory: string, found: Inspection) {
    this.#env = env;
    this.#path = join(directory, DATA_FILE);
    this.found = found;
    this.#file = DataFile.open(this.#path) as DataFile;
    this.#seal = new Seal(join(directory, SEAL_FILE), this.#path, this.#newest());
    this.#tally = found.walked?.tally ?? this.#storedTally();
    this.#disk = new DiskReserve(directory);
    this.#gathering = newBatch(1);
    this.durable = {
      get: (key) => env.get(key),
      range: (low, high, reverse = false) => new RangeCursor(env, undefined, low, high, reverse),
    };
    this.latest = {
      get: (key) => {
        const staged = this.#overlay.shelfOf(key).get(key);
        return staged ? (staged.value ?? undefined) : env.get(key);
      },
      range: (low, high, reverse = false) =>
        new RangeCursor(env, this.#overlay.shelfOf(low), low, high, reverse),
    };
  }

  /**
   * Opens the data file in a directory, which is made when it is missing.
   * @throws DamagedStoreError when the file is not whole; nothing has been changed then
   */
  static open(directory: string): Store {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, DATA_FILE);
    const found = inspect(path, join(directory, SEAL_FILE));
    keepPrivate(directory);
    const env = open<Buffer, Buffer>({
      path,
      ...{ permissionsMode: PRIVATE_FILE }, // the library's types do not name it
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      // With overlapping syncs a write that failed to reach the disk would stay visible.
      overlappingSync: false,
      eventTurnBatching: false,
      cache: false,
      maxReaders: 126,
    });
    return new Store(env, directory, found);
  }

  listen(events: StoreEvents): void {
    this.#events = events;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Bytes of the data file's used pages, for statistics. */
  usedBytes(): number {
    const stats = this.#env.getStats() as { lastPageNumber: number; pageSize: number };
    return (stats.lastPageNumber + 1) * stats.pageSize;
  }

  put(key: Buffer, value: Buffer): void {
    this.#stage(key, value, false);
  }

  /** As `put`, where `latest` has nothing under the key: what is replaced need not be looked up. */
  add(key: Buffer, value: Buffer): void {
    this.#stage(key, value, true);
  }

  remove(key: Buffer): void {
    this.#stage(key, null, false);
  }

  /** Says what the gathering batch does; one that only removes may use more of a nearly full disk. */
  grow(by: 'adds' | 'changes'): void {
    if (this.#gathering.growth !== 'adds') this.#gathering.growth = by;
  }

  /** Runs once, just before the gathering batch is written: for counters that change with every statement. */
  beforeFlush(action: () => void): void {
    this.#gathering.beforeFlush.add(action);
  }

  /**
   * Resolves when everything staged so far is on disk.
   * @throws MongoError 14031 when the disk is full, 11600 when the store has failed or is closing
   */
  commit(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#unavailable());
    if (this.#gathering.staged.length === 0) return this.#writing?.done ?? Promise.resolve();
    return this.#gathering.done;
  }

  /** Resolves when a statement may stage more; call it before planning a write. */
  async ready(): Promise<void> {
    for (;;) {
      if (this.#failure || this.#closing) throw this.#unavailable();
      if (this.#gathering.bytes < FULL_BATCH_BYTES || !this.#writing) return;
      await this.#writing.done.catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (;;) {
      const busy = this.#writing ?? (this.#gathering.staged.length > 0 ? this.#gathering : undefined);
      if (!busy || this.#failure) break;
      await busy.done.catch(() => {});
    }
    await this.#env.close();
    // Without an orderly end the next start looks at every page.
    if (this.#failure) this.#seal.release();
    else this.#seal.close(this.#newest(), this.#whole());
    this.#file.close();
  }

  /** A seal that lags behind proves less and is never wrong. */
  #noteCommit(): void {
    try {
      this.#seal.committed(this.#newest());
    } catch (error) {
      this.#events.onSealFailure?.(error as Error);
    }
  }

  #newest(): Meta {
    return this.#file.metas()[0];
  }

  #whole(): { size: number; checksum: number } {
    const file = DataFile.open(this.#path) as DataFile;
    const whole = { size: file.size, checksum: file.checksum() };
    file.close();
    return whole;
  }

  #storedTally(): number {
    const stored = this.#env.get(TALLY_KEY);
    if (stored) return stored.readUInt32BE(0);
    if (this.found.state === 'new') return 0;
    throw new DamagedStoreError(`${this.#path} is damaged: it has no tally`);
  }

  /** What the tally will be once the batch is on disk. What is replaced must be read for it. */
  #tallyAfter(staged: Iterable<Staged>): number {
    let tally = this.#tally;
    for (const { key, value, isNew } of staged) {
      const replaced = isNew ? undefined : this.#env.get(key);
      if (replaced) tally -= weightOf(key, replaced);
      if (value) tally += weightOf(key, value);
      tally >>>= 0;
    }
    return tally;
  }

  #stage(key: Buffer, value: Buffer | null, isNew: boolean): void {
    if (this.#failure) throw this.#unavailable();
    const batch = this.#gathering;
    const shelf = this.#overlay.shelfOf(key);
    const staged = isNew ? shelf.add(key, value, batch.number) : shelf.set(key, value, batch.number);
    if (staged) batch.staged.push(staged);
    batch.bytes += key.length + (value?.length ?? 0) + 32;
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#writing) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    for (const action of this.#gathering.beforeFlush) action();
    const batch = this.#gathering;
    if (batch.staged.length === 0) return;
    this.#writing = batch;
    this.#gathering = newBatch(batch.number + 1);
    let tally: number;
    try {
      if (!this.#hasRoomFor(batch)) {
        this.#drop(batch);
        return;
      }
      tally = this.#tallyAfter(batch.staged);
      const stored = Buffer.allocUnsafe(4);
      stored.writeUInt32BE(tally);
      await this.#env.batch(() => {
        void this.#env.put(TALLY_KEY, stored);
        for (const { key, value } of batch.staged) {
          if (value) void this.#env.put(key, value);
          else void this.#env.remove(key);
        }
      });
    } catch (error) {
      this.#fail(error as Error & { commitError?: Promise<unknown> }, batch);
      return;
    }
    this.#tally = tally;
    this.#noteCommit();
    this.#overlay.settle(batch.number);
    this.#writing = undefined;
    this.#events.onCommit?.();
    batch.resolve();
    if (this.#gathering.staged.length > 0) void this.#flush();
  }

  #hasRoomFor({ staged, bytes, growth }: Batch): boolean {
    const demand = { keys: staged.length, bytes, growth };
    return this.#disk.hasRoomFor(demand, PAGE_BYTES, this.usedBytes());
  }

  /** The batch was never tried. What was gathered meanwhile was planned on top of it and goes with it. */
  #drop(batch: Batch): void {
    const gathered = this.#gathering;
    this.#overlay.clear();
    this.#writing = undefined;
    this.#gathering = newBatch(gathered.number + 1);
    this.#events.onDrop?.();
    const error = diskFull();
    batch.reject(error);
    gathered.reject(error);
  }

  #fail(error: Error & { commitError?: Promise<unknown> }, batch: Batch): void {
    // lmdb-js rejects a second promise with the cause; unheard it would end the process as an unhandled rejection.
    error.commitError?.catch?.(() => {});
    this.#failure = error;
    this.#writing = undefined;
    const gathered = this.#gathering;
    const unavailable = this.#unavailable();
    batch.reject(unavailable);
    gathered.reject(unavailable);
    void Promise.resolve(error.commitError)
      .catch((cause) => cause)
      .then((cause) => this.#events.onFailure?.(cause instanceof Error ? cause : error));
  }

  #unavailable(): MongoError {
    return new MongoError(
      'InterruptedAtShutdown',
      this.#failure
        ? 'the store could not write to its disk and must be opened anew'
        : 'the store is closing',
    );
  }
}

function newBatch(number: number): Batch {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const done = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Not every batch has a waiter (sweeps, purges); a rejection nobody heard must not end the process.
  done.catch(() => {});
  return {
    number,
    staged: [],
    bytes: 0,
    growth: 'removes',
    done,
    resolve,
    reject,
    beforeFlush: new Set(),
  };
}
