import { SPACE } from './keys.ts';
import { SortedKeys } from './sorted-keys.ts';

/** What the overlay knows of a key: the value to be, or null where the key is to go. */
export interface Staged {
  key: Buffer;
  value: Buffer | null;
  batch: number;
  /** The disk is known not to have the key. */
  isNew: boolean;
}

/**
 * Writes that are decided but not yet on disk, in key order. The writer reads through it, so that two statements
 * in one batch see each other; readers do not, so that nobody reads what a crash could take back.
 *
 * They lie on shelves, one for the records of each collection and one for each index, because an import fills dozens of
 * them and whoever asks asks one: what nobody asks for is neither named nor put in order.
 */
export class Overlay {
  readonly #shelves = new Map<number, Shelf>();

  /** Where everything between two keys of one collection, or of one index, is staged. */
  shelfOf(key: Buffer): Shelf {
    const space = key[0] as number;
    const isDivided = space === SPACE.records || space === SPACE.index;
    const name = isDivided ? space * 2 ** 32 + key.readUInt32BE(1) : space;
    let shelf = this.#shelves.get(name);
    if (!shelf) {
      shelf = new Shelf();
      this.#shelves.set(name, shelf);
    }
    return shelf;
  }

  /** Forgets what a finished batch brought to disk, unless a later batch staged the key again. */
  settle(batch: number): void {
    for (const shelf of this.#shelves.values()) shelf.settle(batch);
  }

  clear(): void {
    for (const shelf of this.#shelves.values()) shelf.clear();
  }
}

/** What is staged for the keys of one collection or one index. */
export class Shelf {
  /** By key, as a string of one character a byte: strings compare and hash faster than buffers. */
  readonly #named = new Map<string, Staged>();
  /** In the order in which they were staged; newer than all that have a name. */
  #unnamed: Staged[] = [];
  readonly #keys = new SortedKeys();
  /** Names that nobody has asked the order of yet: most writes are on the disk before anybody does. */
  #unsorted: string[] = [];

  get isEmpty(): boolean {
    return this.#unnamed.length === 0 && this.#named.size === 0;
  }

  /** undefined: nothing staged for the key; null inside: staged for removal. */
  get(key: Buffer): Staged | undefined {
    if (this.isEmpty) return undefined;
    this.#nameAll();
    return this.#named.get(key.toString('latin1'));
  }

  /**
   * Stages a value where nothing stands under the key, as far as the writer sees.
   * @returns what the batch has to write
   */
  add(key: Buffer, value: Buffer | null, batch: number): Staged {
    const staged = { key, value, batch, isNew: true };
    this.#unnamed.push(staged);
    return staged;
  }

  /** @returns what the batch has to write; undefined when it writes the key already */
  set(key: Buffer, value: Buffer | null, batch: number): Staged | undefined {
    this.#nameAll();
    const name = key.toString('latin1');
    const known = this.#named.get(name);
    if (known?.batch === batch) {
      known.value = value;
      return undefined;
    }
    // What an earlier batch does with the key is on the disk before this one is written.
    const staged = { key, value, batch, isNew: false };
    this.#name(name, staged);
    return staged;
  }

  settle(batch: number): void {
    if (this.#unnamed.length > 0) this.#unnamed = this.#unnamed.filter((staged) => staged.batch > batch);
    for (const [name, staged] of this.#named) {
      if (staged.batch > batch) continue;
      this.#named.delete(name);
      this.#keys.delete(name);
    }
    if (this.#unsorted.length > this.#named.size * 2)
      this.#unsorted = this.#unsorted.filter((name) => this.#named.has(name));
  }

  clear(): void {
    this.#named.clear();
    this.#unnamed = [];
    this.#keys.clear();
    this.#unsorted = [];
  }

  /** The staged neighbour of a position inside [low, high), in the given direction. */
  neighbour(low: string, high: string, from: string | undefined, reverse: boolean): Staged | undefined {
    this.#nameAll();
    for (const loose of this.#unsorted) if (this.#named.has(loose)) this.#keys.add(loose);
    this.#unsorted = [];
    const name = reverse
      ? this.#keys.below(from ?? high)
      : this.#keys.atOrAbove(from ?? low, from !== undefined);
    if (name === undefined || name < low || name >= high) return undefined;
    return this.#named.get(name);
  }

  #nameAll(): void {
    for (const staged of this.#unnamed) this.#name(staged.key.toString('latin1'), staged);
    if (this.#unnamed.length > 0) this.#unnamed = [];
  }

  #name(name: string, staged: Staged): void {
    if (!this.#named.has(name)) this.#unsorted.push(name);
    this.#named.set(name, staged);
  }
}
