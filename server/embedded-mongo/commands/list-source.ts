import type { Batch, Source } from './cursors.ts';

/** Documents that are all there already. */
export class ListSource implements Source {
  readonly #documents: Buffer[];
  #at = 0;

  constructor(documents: Buffer[]) {
    this.#documents = documents;
  }

  async fill(batch: Batch): Promise<boolean> {
    while (this.#at < this.#documents.length) {
      if (!batch.add(this.#documents[this.#at] as Buffer)) return false;
      this.#at++;
    }
    return true;
  }
}
