import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { live } from '../../api/live.ts';
import { ApiError } from '../../api/rest.ts';
import { whenBack } from '../../state/when-back.ts';

/** One record of the directory on a page of its own; read again when its name changes, after a break or an absence. */
export class OpenRecord<T extends { id: Id; version: number }> {
  readonly id: Id;
  readonly #fetch: (id: Id) => Promise<T>;
  #record = $state.raw<T | null>(null);
  #last: T | null = null;
  #asked = 0;
  #failure = $state.raw<unknown>(null);
  #standsFor = $state<Id | null>(null);
  readonly #off: (() => void)[];
  #closed = false;

  constructor(id: Id, fetch: (id: Id) => Promise<T>, named: (refs: Refs) => { id: Id }[]) {
    this.id = id;
    this.#fetch = fetch;
    this.#off = [
      whenBack(() => void this.read()),
      live.onConnect(() => void this.read()),
      live.on('refs.changed', (refs) => {
        if (named(refs).some((ref) => ref.id === id)) void this.read();
      }),
    ];
    if (live.state !== 'online') void this.read();
  }

  get record(): T | null {
    return this.#record;
  }

  /** The id of the record that this one stands for by now: by its old id it is answered by the other. */
  get standsFor(): Id | null {
    return this.#standsFor;
  }

  /** As it was when it was last this person's to see: what they have begun to write of it is not taken from them. */
  get last(): T | null {
    return this.#record ?? this.#last;
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** Whether there is no such record, or none that this person may see. */
  get missing(): boolean {
    return this.#failure instanceof ApiError && ['not-found', 'validation'].includes(this.#failure.code);
  }

  async read(): Promise<void> {
    const nth = ++this.#asked;
    try {
      const record = await this.#fetch(this.id);
      if (record.id === this.id) this.put(record);
      else if (!this.#closed) this.#standsFor = record.id;
    } catch (error) {
      if (this.#closed || nth !== this.#asked) return;
      this.#failure = error;
      // What cannot be reached stays before the eyes; what is theirs no more does not.
      if (!this.missing) return;
      this.#last = this.last;
      this.#record = null;
    }
  }

  put(record: T): void {
    if (this.#closed || (this.#record && record.version < this.#record.version)) return;
    this.#record = record;
    this.#failure = null;
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
  }
}
