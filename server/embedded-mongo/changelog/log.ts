/**
 * The change log: one entry for each change, in the same batch as the change itself, under a cluster time that
 * only rises — over restarts and over clocks that step back. Entries become visible (`committed`) when their
 * batch is on disk. Old ones go once they are both too many and too old or too large together.
 */
import { clusterTimeOfKey, logKey, metaKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { decodeEntry, encodeEntry, entryIn, type LogEntry, type NewEntry } from './entry.ts';

export interface Retention {
  /** Never keep fewer than so many of the newest changes. */
  entries: number;
  ageMs: number;
  bytes: number;
}

export const DEFAULT_RETENTION: Retention = {
  entries: 100_000,
  ageMs: 7 * 24 * 3600 * 1000,
  bytes: 2 * 1024 ** 3,
};

const PRUNE_CHUNK = 2_000;
/** The newest entries stay in memory for those who follow the log, up to so many bytes: about what is written in a second. */
const RECENT_BYTES = 16 * 1024 * 1024;
const FIRST = logKey(0n);
const END = logKey(2n ** 64n - 1n);

export class ChangeLog {
  readonly #store: Store;
  readonly #retention: Retention;
  readonly #now: () => number;
  #last = 0n;
  #committed = 0n;
  #inFlight = 0n;
  #entries = 0;
  #bytes = 0;
  /** Everything up to here is gone: a position before it cannot be resumed. */
  #pruned = 0n;
  #waiting = new Set<() => void>();
  /** The newest entries without a gap, oldest first. */
  #recent: { entry: LogEntry; bytes: number }[] = [];
  #recentBytes = 0;

  constructor(store: Store, retention: Retention = DEFAULT_RETENTION, now: () => number = Date.now) {
    this.#store = store;
    this.#retention = retention;
    this.#now = now;
    this.reload();
  }

  /** Reads counters and the newest cluster time from disk. */
  reload(): void {
    const counters = this.#store.durable.get(metaKey('log'));
    this.#entries = counters?.readDoubleBE(0) ?? 0;
    this.#bytes = counters?.readDoubleBE(8) ?? 0;
    this.#pruned = counters?.readBigUInt64BE(16) ?? 0n;
    const cursor = this.#store.durable.range(FIRST, END, true);
    const newest = cursor.next();
    cursor.pause();
    const last = newest ? clusterTimeOfKey(newest.key) : this.#pruned;
    if (last > this.#last) this.#last = last;
    this.#committed = last;
    this.#recent = [];
    this.#recentBytes = 0;
    // A log without entries still needs a time at which everything that follows happens.
    if (this.#committed === 0n) this.#committed = this.#last = this.#tick();
  }

  /** Cluster time of the newest change on disk. */
  get committed(): bigint {
    return this.#committed;
  }

  /** The position after which everything can still be read. */
  get pruned(): bigint {
    return this.#pruned;
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  /** Adds a change to the batch that is being gathered. */
  append(entry: NewEntry): bigint {
    this.#last = this.#tick();
    const wallTime = new Date(this.#now());
    const value = encodeEntry(entry, wallTime);
    this.#store.add(logKey(this.#last), value);
    this.#entries++;
    this.#bytes += value.length;
    this.#remember(entryIn(value, entry, this.#last, wallTime), value.length);
    this.#store.beforeFlush(this.#beforeFlush);
    return this.#last;
  }

  /** Changes behind a position, oldest first, as far as they are on disk. Read without pausing. */
  *after(position: bigint): Generator<LogEntry> {
    const [first] = this.#recent;
    if (first && position >= first.entry.clusterTime) {
      yield* this.#recentAfter(position);
      return;
    }
    const cursor = this.#store.durable.range(logKey(position + 1n), logKey(this.#committed + 1n));
    try {
      for (let entry = cursor.next(); entry; entry = cursor.next()) {
        yield decodeEntry(clusterTimeOfKey(entry.key), entry.value);
      }
    } finally {
      cursor.pause();
    }
  }

  /** Calls once when something has been committed; the returned function takes the wish back. */
  onceCommitted(action: () => void): () => void {
    this.#waiting.add(action);
    return () => this.#waiting.delete(action);
  }

  /** To be called when a batch has reached the disk. */
  committedBatch(): void {
    if (this.#inFlight === 0n || this.#inFlight === this.#committed) return;
    this.#committed = this.#inFlight;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const action of waiting) action();
  }

  /**
   * Removes a piece of what retention no longer asks for.
   * @returns true when there is more to remove
   */
  prune(): boolean {
    const { entries, bytes, ageMs } = this.#retention;
    if (this.#entries <= entries) return false;
    const oldestKept = this.#now() - ageMs;
    const cursor = this.#store.durable.range(FIRST, logKey(this.#committed + 1n));
    let removed = 0;
    for (let entry = cursor.next(); entry && this.#entries > entries; entry = cursor.next()) {
      if (removed >= PRUNE_CHUNK) break;
      const clusterTime = clusterTimeOfKey(entry.key);
      const seconds = Number(clusterTime >> 32n);
      if (this.#bytes <= bytes && seconds * 1000 >= oldestKept) break;
      this.#store.remove(entry.key);
      this.#entries--;
      this.#bytes -= entry.value.length;
      this.#pruned = clusterTime;
      removed++;
    }
    cursor.pause();
    if (removed > 0) this.#store.beforeFlush(this.#beforeFlush);
    return removed >= PRUNE_CHUNK;
  }

  #remember(entry: LogEntry, bytes: number): void {
    this.#recent.push({ entry, bytes });
    this.#recentBytes += bytes;
    if (this.#recentBytes <= RECENT_BYTES) return;
    // The older half at once, because those that stay move.
    this.#recent = this.#recent.slice(Math.ceil(this.#recent.length / 2));
    this.#recentBytes = this.#recent.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  *#recentAfter(position: bigint): Generator<LogEntry> {
    const recent = this.#recent;
    let at = 0;
    for (let end = recent.length; at < end; ) {
      const middle = (at + end) >>> 1;
      if ((recent[middle]?.entry.clusterTime ?? 0n) > position) end = middle;
      else at = middle + 1;
    }
    for (let kept = recent[at]; kept && kept.entry.clusterTime <= this.#committed; kept = recent[++at])
      yield kept.entry;
  }

  #tick(): bigint {
    const wall = BigInt(Math.floor(this.#now() / 1000)) << 32n;
    return (wall > this.#last ? wall : this.#last) + 1n;
  }

  #beforeFlush = (): void => {
    this.#inFlight = this.#last;
    const counters = Buffer.allocUnsafe(24);
    counters.writeDoubleBE(this.#entries, 0);
    counters.writeDoubleBE(this.#bytes, 8);
    counters.writeBigUInt64BE(this.#pruned, 16);
    this.#store.put(metaKey('log'), counters);
  };
}
