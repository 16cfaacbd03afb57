import type { Id } from '@svodka/shared/contracts/id';

/** More than this are read with the whole. */
const SOME_MOST = 100;

/**
 * One read at a time; what is told meanwhile is read after it, so that nothing older is drawn over something newer.
 */
export class LiveRead {
  readonly #read: (ids: readonly Id[] | null) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #wanted = new Set<Id>();
  #wantsAll = false;
  #reading = false;
  #closed = false;

  /** @param read some of it, or the whole (null) */
  constructor(read: (ids: readonly Id[] | null) => Promise<void>, failed: (error: unknown) => void) {
    this.#read = read;
    this.#failed = failed;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  some(ids: readonly Id[]): void {
    for (const id of ids) this.#wanted.add(id);
    if (ids.length > 0) void this.#go();
  }

  all(): void {
    this.#wantsAll = true;
    void this.#go();
  }

  close(): void {
    this.#closed = true;
  }

  async #go(): Promise<void> {
    if (this.#reading || this.#closed) return;
    this.#reading = true;
    try {
      while (!this.#closed && (this.#wantsAll || this.#wanted.size > 0)) {
        const ids = this.#wantsAll || this.#wanted.size > SOME_MOST ? null : [...this.#wanted];
        this.#wantsAll = false;
        this.#wanted = new Set();
        await this.#read(ids);
      }
    } catch (error) {
      // What was not read is made up for with whatever is told next.
      this.#wantsAll = true;
      this.#failed(error);
    } finally {
      this.#reading = false;
    }
  }
}
