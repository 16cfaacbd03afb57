const CHUNK = 512;

/**
 * A sorted set of strings kept in chunks: insertion, removal and neighbour search in O(log n) plus one short splice.
 * The write overlay needs ordered walks that survive changes between two steps, so it offers neighbours, not iterators.
 */
export class SortedKeys {
  #chunks: string[][] = [];

  add(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (!chunk) {
      const last = this.#chunks.at(-1);
      if (last && last.length < CHUNK) last.push(key);
      else this.#chunks.push([key]);
      return;
    }
    const index = lowerBound(chunk, key);
    if (chunk[index] === key) return;
    chunk.splice(index, 0, key);
    if (chunk.length > CHUNK * 2) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK));
  }

  delete(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (!chunk) return;
    const index = lowerBound(chunk, key);
    if (chunk[index] !== key) return;
    if (chunk.length === 1) this.#chunks.splice(at, 1);
    else chunk.splice(index, 1);
  }

  clear(): void {
    this.#chunks = [];
  }

  /** The smallest key that is not below the given one (above it when `exclusive`). */
  atOrAbove(key: string, exclusive: boolean): string | undefined {
    let at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (!chunk) return undefined;
    let index = lowerBound(chunk, key);
    if (exclusive && chunk[index] === key) index++;
    if (index < chunk.length) return chunk[index];
    at++;
    return this.#chunks[at]?.[0];
  }

  /** The greatest key below the given one. */
  below(key: string): string | undefined {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (chunk) {
      const index = lowerBound(chunk, key);
      if (index > 0) return chunk[index - 1];
    }
    return this.#chunks[at - 1]?.at(-1);
  }

  /** The first chunk whose greatest key is not below the given one; the number of chunks when there is none. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle] as string[];
      if ((chunk[chunk.length - 1] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lowerBound(keys: string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
