import type { ImportBatch } from '@svodka/shared/contracts/import';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';

/** One import as it goes on, told by the socket; read again after a break. */
export class OpenBatch {
  readonly #id: string;
  #batch = $state.raw<ImportBatch | null>(null);
  #failure = $state.raw<unknown>(null);
  #closed = false;
  readonly #off: (() => void)[];

  constructor(id: string, known?: ImportBatch) {
    this.#id = id;
    this.#batch = known ?? null;
    this.#off = [
      live.on('import.changed', (batch) => batch.id === id && this.put(batch)),
      live.onConnect(() => void this.read()),
    ];
    if (live.state !== 'online') void this.read();
  }

  get batch(): ImportBatch | null {
    return this.#batch;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async read(): Promise<void> {
    try {
      this.put(await ask('GET /imports/:id', { id: this.#id }));
    } catch (error) {
      if (!this.#closed) this.#failure = error;
    }
  }

  put(batch: ImportBatch): void {
    if (this.#closed || (this.#batch && batch.version < this.#batch.version)) return;
    this.#batch = batch;
    this.#failure = null;
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
  }
}
