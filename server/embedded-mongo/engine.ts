/**
 * The store as a whole, without any network: opened over a directory, used by the commands, closed once.
 * Order of opening: data file, catalog, log; then the background work (sweeps) starts. Closing stops the
 * background work, ends cursors, lets the last batch finish and closes the file.
 */
import { EventEmitter } from 'node:events';
import type { Lock } from '../process-lock/lock.ts';
import { ChangeLog, DEFAULT_RETENTION, type Retention } from './changelog/log.ts';
import { Cursors } from './commands/cursors.ts';
import { TtlSweep } from './index/ttl.ts';
import { Memos } from './sessions/memos.ts';
import { Catalog } from './storage/catalog.ts';
import { History } from './storage/history.ts';
import { lockDirectory } from './storage/lock.ts';
import { Purge } from './storage/purge.ts';
import { Records } from './storage/records.ts';
import { Store } from './storage/store.ts';

/** What the embedding program is told; every method may be missing. */
export interface StoreLogger {
  info?(message: string, details?: object): void;
  warn?(message: string, details?: object): void;
  error?(message: string, details?: object): void;
}

export interface EngineOptions {
  /** Directory of the data; made when missing. */
  dir: string;
  logger?: StoreLogger;
  /** Name of this opening (see storage/history.ts); a store that is opened again under it goes on with its history. */
  opening?: string;
  retention?: Retention;
  /** Milliseconds between sweeps of expired documents, old log entries and dropped data. */
  sweepMs?: number;
}

const SWEEP_MS = 30_000;

export interface EngineEvents {
  /** The store cannot write any more; the process should end and be started anew. */
  failure: [Error];
}

export class Engine extends EventEmitter<EngineEvents> {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly log: ChangeLog;
  readonly history: History;
  readonly records: Records;
  readonly memos: Memos;
  readonly cursors = new Cursors();
  readonly logger: StoreLogger;
  readonly startedAt = new Date();
  readonly #purge: Purge;
  readonly #ttl: TtlSweep;
  #timer: NodeJS.Timeout | undefined;
  #sweeping = false;
  #closed = false;

  readonly #lock: Lock;

  /** @throws StoreInUseError, DamagedStoreError, UnsupportedFormatError, file system errors */
  static async open(options: EngineOptions): Promise<Engine> {
    const lock = await lockDirectory(options.dir);
    try {
      const engine = new Engine(options, lock);
      engine.#tellHowItWasFound();
      // Places in the log are told under this opening's name, so it must outlive whoever remembers them. On a full
      // disk it cannot, and what is remembered then is answered by a new beginning.
      await engine.store.commit().catch(() => {});
      return engine;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(
    { dir, logger = {}, opening, retention = DEFAULT_RETENTION, sweepMs = SWEEP_MS }: EngineOptions,
    lock: Lock,
  ) {
    super();
    this.logger = logger;
    this.#lock = lock;
    this.store = Store.open(dir);
    this.catalog = new Catalog(this.store);
    this.log = new ChangeLog(this.store, retention);
    this.history = new History(this.store, this.log, opening);
    this.records = new Records(this.store, this.catalog, this.log);
    this.memos = new Memos(this.store);
    this.#purge = new Purge(this.store);
    this.#ttl = new TtlSweep(this.store, this.catalog, this.records);
    let isFull = false;
    this.store.listen({
      onCommit: () => {
        isFull = false;
        this.log.committedBatch();
      },
      onDrop: () => {
        this.catalog.reload();
        this.log.reload();
        this.history.save();
        this.memos.reload();
        if (!isFull) this.logger.error?.('the disk is full: writes are refused until there is room');
        isFull = true;
      },
      onSealFailure: (error) => this.logger.warn?.('a commit could not be noted in the seal', { error }),
      onFailure: (error) => {
        this.logger.error?.('the store could not write to its disk', { error });
        this.emit('failure', error);
      },
    });
    this.#dropUnfinished();
    this.#timer = setInterval(() => void this.sweep(), sweepMs);
    this.#timer.unref();
  }

  #tellHowItWasFound(): void {
    const { state, isCopy, walked, ms, newest } = this.store.found;
    const details = { transaction: newest?.transaction, pages: walked?.pages, entries: walked?.entries, ms };
    if (state === 'recovered')
      this.logger.info?.(
        'the last end was not an orderly one; everything was looked at and is in place',
        details,
      );
    if (state === 'unsealed')
      this.logger.info?.('the store had no seal; everything was looked at and is in place', details);
    if (state === 'altered')
      this.logger.warn?.(
        'bytes of unused pages changed while the store was closed; all data is whole; look at the disk',
        details,
      );
    if (isCopy)
      this.logger.warn?.(
        'the data is a copy, put here since the store last ran: a new history begins',
        details,
      );
  }

  /** Indexes whose building a crash cut off hold only some of their documents. */
  #dropUnfinished(): void {
    for (const collection of this.catalog.all()) {
      for (const index of collection.indexes) {
        if (!index.spec.ready) this.catalog.dropIndex(collection, index);
      }
    }
  }

  /** One round of background work; rounds never overlap. */
  async sweep(): Promise<void> {
    if (this.#sweeping || this.#closed) return;
    this.#sweeping = true;
    try {
      this.cursors.sweep();
      await this.#purge.run(() => this.#closed);
      await this.#ttl.run(() => this.#closed);
      this.memos.sweep();
      while (!this.#closed && this.log.prune()) await this.store.commit();
    } catch (error) {
      if (!this.#closed) this.logger.warn?.('a sweep of the store failed and will be repeated', { error });
    } finally {
      this.#sweeping = false;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.cursors.closeAll();
    await this.store.close();
    await this.#lock.release();
  }
}
