import { SortedKeys } from './sorted-keys.ts';

/** What the overlay knows of a key: the value to be, or null where the key is to go. */
export interface Staged {
  key: Buffer;
  /** The key as a string of one character a byte: strings compare and hash faster than buffers. */
  name: string;
  value: Buffer | null;
  batch: number;
  /** The disk is known not to have the key. */
  isNew: boolean;
}

/**
 * Writes that are decided but not yet on disk, in key order. The writer reads through it, so that two statements
 * in one batch see each other; readers do not, so that nobody reads what a crash could take back.
 */
export class Overlay {
  #staged = new Map<string, Staged>();
  #keys = new SortedKeys();
  /** Names that nobody has asked the order of yet: most writes are on the disk before anybody does. */
  #unsorted: string[] = [];

  get size(): number {
    return this.#staged.size;
  }

  /** undefined: nothing staged for the key; null inside: staged for removal. */
  get(key: Buffer): Staged | undefined {
    return this.#staged.size === 0 ? undefined : this.#staged.get(key.toString('latin1'));
  }

  /**
   * @param isNew nothing stands under the key, as far as the writer sees
   * @returns what the batch has to write; undefined when it writes the key already
   */
  set(key: Buffer, value: Buffer | null, batch: number, isNew: boolean): Staged | undefined {
    const name = key.toString('latin1');
    const known = this.#staged.get(name);
    if (known?.batch === batch) {
      known.value = value;
      return undefined;
    }
    // What an earlier batch does with the key is on the disk before this one is written.
    const staged = { key, name, value, batch, isNew: isNew && !known };
    this.#staged.set(name, staged);
    if (!known) this.#unsorted.push(name);
    return staged;
  }

  /** Forgets what a finished batch brought to disk, unless a later batch staged the key again. */
  settle(written: Iterable<Staged>): void {
    for (const staged of written) {
      if (this.#staged.get(staged.name) !== staged) continue;
      this.#staged.delete(staged.name);
      this.#keys.delete(staged.name);
    }
    if (this.#unsorted.length > this.#staged.size * 2)
      this.#unsorted = this.#unsorted.filter((name) => this.#staged.has(name));
  }

  clear(): void {
    this.#staged.clear();
    this.#keys.clear();
    this.#unsorted = [];
  }

  /** The staged neighbour of a position inside [low, high), in the given direction. */
  neighbour(low: string, high: string, from: string | undefined, reverse: boolean): Staged | undefined {
    for (const loose of this.#unsorted) if (this.#staged.has(loose)) this.#keys.add(loose);
    this.#unsorted = [];
    const name = reverse
      ? this.#keys.below(from ?? high)
      : this.#keys.atOrAbove(from ?? low, from !== undefined);
    if (name === undefined || name < low || name >= high) return undefined;
    return this.#staged.get(name);
  }
}
