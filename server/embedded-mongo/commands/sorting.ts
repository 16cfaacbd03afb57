import type { Document } from 'bson';
import { decode, FieldPicker } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { compileSorter } from '../query/sort.ts';
import type { Found } from '../storage/records.ts';

/** Memory for one sort, as MongoDB limits it; there is no spilling to disk. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;

interface Keyed {
  key: unknown[];
  order: number;
  found: Found;
}

/** Keeps what a sort needs: everything, or with a limit the best few. */
export class SortBuffer {
  readonly #sorter;
  readonly #picker: FieldPicker;
  readonly #keep: number;
  #items: Keyed[] = [];
  #bytes = 0;
  #order = 0;

  /** @param keep how many of the first are wanted; 0 for all */
  constructor(sort: Document, keep = 0) {
    this.#sorter = compileSorter(sort);
    this.#picker = new FieldPicker(new Set(Object.keys(sort).map((path) => path.split('.')[0] as string)));
    this.#keep = keep;
  }

  /** @throws MongoError 292 */
  add(found: Found): void {
    const key = this.#sorter.key(decode(this.#picker.pick(found.bytes)));
    this.#items.push({ key, order: this.#order++, found });
    this.#bytes += found.bytes.length;
    if (this.#keep > 0 && this.#items.length >= this.#keep * 2 + 64) this.#trim();
    if (this.#bytes > MAX_SORT_BYTES) {
      throw new MongoError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        'Sort exceeded memory limit of 104857600 bytes; the embedded store does not sort on disk. Add an index.',
      );
    }
  }

  sorted(): Found[] {
    this.#trim();
    return this.#items.map(({ found }) => found);
  }

  #trim(): void {
    this.#items.sort((a, b) => this.#sorter.compareKeys(a.key, b.key) || a.order - b.order);
    if (this.#keep === 0) return;
    this.#items.length = Math.min(this.#items.length, this.#keep);
    this.#bytes = this.#items.reduce((sum, { found }) => sum + found.bytes.length, 0);
  }
}

export function sortFound(found: Found[], sort: Document): Found[] {
  const buffer = new SortBuffer(sort);
  for (const one of found) buffer.add(one);
  return buffer.sorted();
}
