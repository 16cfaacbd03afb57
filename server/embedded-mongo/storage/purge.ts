import { metaKey, prefixKey, successor } from './keys.ts';
import type { Store } from './store.ts';

const CHUNK = 5_000;
const PREFIX = metaKey('g:');

/**
 * Removes the keys of dropped collections and indexes, a piece at a time: dropping is one small commit, however
 * much there was. Notes of what is left survive a restart.
 */
export class Purge {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async run(stopped: () => boolean): Promise<void> {
    for (const note of this.#notes()) {
      const [, space, id] = note.toString('utf8', 1).split(':');
      const low = prefixKey(Number(space), Number(id));
      while (!stopped() && this.#removeChunk(low)) await this.#store.commit();
      if (stopped()) return;
      this.#store.remove(note);
    }
  }

  #notes(): Buffer[] {
    const notes: Buffer[] = [];
    const cursor = this.#store.durable.range(PREFIX, successor(PREFIX));
    for (let entry = cursor.next(); entry; entry = cursor.next()) notes.push(entry.key);
    cursor.pause();
    return notes;
  }

  #removeChunk(low: Buffer): boolean {
    const cursor = this.#store.latest.range(low, successor(low));
    let removed = 0;
    for (let entry = cursor.next(); entry && removed < CHUNK; entry = cursor.next()) {
      this.#store.remove(entry.key);
      removed++;
    }
    cursor.pause();
    return removed === CHUNK;
  }
}
