/** What a ring keeps of one change. */
export type RingEntry = { readonly token: string };

/**
 * A rough count of the bytes that a decoded document holds in memory; exactness is not needed for a cap. Text counts
 * two bytes a character, because one Cyrillic letter makes the whole of it so.
 */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return 24 + 2 * value.length;
  if (value === null || typeof value !== 'object') return 8;
  if (value instanceof Date) return 96;
  let bytes = 96;
  if (Array.isArray(value)) {
    for (const item of value) bytes += weigh(item);
    return bytes;
  }
  for (const key in value) bytes += 20 + weigh((value as Record<string, unknown>)[key]);
  return bytes;
}

/** The recent changes of a node in log order, up to a number of bytes; the oldest make room for the newest (F11). */
export class Ring<E extends RingEntry> {
  /** Entries before `#start` are dropped already; the array is cut now and then, because shift() is linear. */
  #entries: (E | undefined)[] = [];
  #weights: number[] = [];
  #start = 0;
  #bytes = 0;
  #floor: string;

  /** @param floor token from which on the ring holds every change */
  constructor(
    floor: string,
    private readonly maxBytes = 64 * 1024 * 1024,
  ) {
    this.#floor = floor;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.length - this.#start;
  }

  push(entry: E): void {
    const weight = weigh(entry);
    this.#entries.push(entry);
    this.#weights.push(weight);
    this.#bytes += weight;
    while (this.#bytes > this.maxBytes && this.size > 1) this.#drop();
  }

  /** The changes after `token`, up to and with `until`, oldest first; null when the ring does not reach back so far. */
  between(token: string, until: string): E[] | null {
    if (token < this.#floor) return null;
    const found: E[] = [];
    for (let at = this.#after(token); at < this.#entries.length; at++) {
      const entry = this.#entries[at] as E;
      if (entry.token > until) break;
      found.push(entry);
    }
    return found;
  }

  /** Forgets everything: the log goes on from `floor` without what was before. */
  clear(floor: string): void {
    this.#entries = [];
    this.#weights = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#floor = floor;
  }

  #after(token: string): number {
    let low = this.#start;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as E).token > token) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #drop(): void {
    const oldest = this.#entries[this.#start] as E;
    this.#floor = oldest.token;
    this.#bytes -= this.#weights[this.#start] as number;
    this.#entries[this.#start] = undefined;
    this.#start++;
    if (this.#start > 4096 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#weights = this.#weights.slice(this.#start);
      this.#start = 0;
    }
  }
}
