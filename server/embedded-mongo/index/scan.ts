import { type Collection, recordsOf } from '../storage/catalog.ts';
import { recordOfKey } from '../storage/keys.ts';
import type { Entry, RangeCursor } from '../storage/range-cursor.ts';
import type { View } from '../storage/store.ts';
import type { Access, CollectionScan, IndexScan, KeyRange } from './plan.ts';

/** Delivers record ids in the order of the access; pausable like the cursors below it. */
export interface Scan {
  next(): number | undefined;
  pause(): void;
  keysExamined: number;
  /** The stored value of the record that `next` gave, where the scan passes over it anyway. */
  sealed?: Buffer | undefined;
  /** The record that `next` gave was read before the last pause, and may have gone since. */
  isStale?: boolean;
}

export function openScan(view: View, collection: Collection, access: Access): Scan {
  switch (access.kind) {
    case 'eof':
      return { next: () => undefined, pause: () => {}, keysExamined: 0 };
    case 'collscan':
      return new RecordScan(view, collection, access);
    case 'ixscan':
      return openIndexScan(view, access);
    case 'or':
      return new UnionScan(access.scans.map((scan) => openIndexScan(view, scan)));
  }
}

function openIndexScan(view: View, access: IndexScan): Scan {
  const scan =
    access.merge && access.ranges.length > 1 ? new MergeScan(view, access) : new RangesScan(view, access);
  return access.index.isMultikey ? new DistinctScan(scan) : scan;
}

class RecordScan implements Scan {
  keysExamined = 0;
  sealed: Buffer | undefined;
  readonly #cursor: RangeCursor;

  constructor(view: View, collection: Collection, access: CollectionScan) {
    const { low, high } = recordsOf(collection);
    this.#cursor = view.range(low, high, access.reverse);
  }

  next(): number | undefined {
    const entry = this.#cursor.next();
    this.sealed = entry?.value;
    return entry && recordOfKey(entry.key);
  }

  pause(): void {
    this.#cursor.pause();
  }
}

/** One range after another, in the direction of the scan. */
class RangesScan implements Scan {
  keysExamined = 0;
  readonly #view: View;
  readonly #access: IndexScan;
  #at = 0;
  #cursor: RangeCursor | undefined;

  constructor(view: View, access: IndexScan) {
    this.#view = view;
    this.#access = access;
  }

  next(): number | undefined {
    const { ranges, reverse, index } = this.#access;
    while (this.#at < ranges.length) {
      const range = ranges[reverse ? ranges.length - 1 - this.#at : this.#at];
      if (!range) return undefined;
      const entry = range.isKey ? this.#entryAt(range.low) : this.#entryIn(range);
      if (range.isKey || !entry) {
        this.#cursor = undefined;
        this.#at++;
      }
      if (!entry) continue;
      this.keysExamined++;
      return index.recordOf(entry.key, entry.value);
    }
    return undefined;
  }

  #entryIn({ low, high }: KeyRange): Entry | undefined {
    this.#cursor ??= this.#view.range(low, high, this.#access.reverse);
    return this.#cursor.next();
  }

  /** One key is asked for several times as fast as a range is walked. */
  #entryAt(key: Buffer): Entry | undefined {
    const value = this.#view.get(key);
    return value && { key, value };
  }

  pause(): void {
    this.#cursor?.pause();
  }
}

interface Source {
  cursor: RangeCursor;
  /** Length of what all keys of the range share. */
  fixed: number;
}

interface Head {
  source: Source;
  /** What follows the fixed fields in the key: the merge's order. */
  rest: Buffer;
  record: number;
  /** How many pauses there had been when it was read. */
  pauses: number;
}

/**
 * Several ranges at once, merged by what follows their fixed fields. The heads stand in order, the next one last, and
 * the one that takes its place is put where it belongs: a search may follow two hundred words at once.
 */
class MergeScan implements Scan {
  keysExamined = 0;
  isStale = false;
  #pauses = 0;
  readonly #access: IndexScan;
  readonly #sources: Source[];
  #heads: Head[] | undefined;

  constructor(view: View, access: IndexScan) {
    this.#access = access;
    this.#sources = access.ranges.map(({ low, high, fixed }) => ({
      cursor: view.range(low, high, access.reverse),
      fixed,
    }));
  }

  next(): number | undefined {
    if (!this.#heads) {
      this.#heads = [];
      for (const source of this.#sources) this.#refill(this.#heads, source);
    }
    const head = this.#heads.pop();
    if (!head) return undefined;
    this.#refill(this.#heads, head.source);
    this.isStale = head.pauses !== this.#pauses;
    return head.record;
  }

  #refill(heads: Head[], source: Source): void {
    const fresh = this.#headOf(source);
    if (!fresh) return;
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = Buffer.compare((heads[middle] as Head).rest, fresh.rest);
      // Equal ones stay in the order in which they were read.
      if (this.#access.reverse ? order < 0 : order > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, fresh);
  }

  #headOf(source: Source): Head | undefined {
    const entry = source.cursor.next();
    if (!entry) return undefined;
    this.keysExamined++;
    const record = this.#access.index.recordOf(entry.key, entry.value);
    return { source, rest: entry.key.subarray(source.fixed), record, pauses: this.#pauses };
  }

  pause(): void {
    this.#pauses++;
    for (const { cursor } of this.#sources) cursor.pause();
  }
}

/** Each record once, although a multikey index holds it several times. */
class DistinctScan implements Scan {
  readonly #inner: Scan;
  readonly #seen = new Set<number>();

  constructor(inner: Scan) {
    this.#inner = inner;
  }

  get isStale(): boolean {
    return this.#inner.isStale === true;
  }

  get keysExamined(): number {
    return this.#inner.keysExamined;
  }

  next(): number | undefined {
    for (;;) {
      const record = this.#inner.next();
      if (record === undefined) return undefined;
      if (this.#seen.has(record)) continue;
      this.#seen.add(record);
      return record;
    }
  }

  pause(): void {
    this.#inner.pause();
  }
}

/** The records of several scans, each once. */
class UnionScan implements Scan {
  readonly #scans: Scan[];
  readonly #seen = new Set<number>();
  #at = 0;

  constructor(scans: Scan[]) {
    this.#scans = scans;
  }

  get keysExamined(): number {
    return this.#scans.reduce((sum, scan) => sum + scan.keysExamined, 0);
  }

  get isStale(): boolean {
    return this.#scans[this.#at]?.isStale === true;
  }

  next(): number | undefined {
    while (this.#at < this.#scans.length) {
      const record = this.#scans[this.#at]?.next();
      if (record === undefined) this.#at++;
      else if (!this.#seen.has(record)) {
        this.#seen.add(record);
        return record;
      }
    }
    return undefined;
  }

  pause(): void {
    for (const scan of this.#scans) scan.pause();
  }
}
