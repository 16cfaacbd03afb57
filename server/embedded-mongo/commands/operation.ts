import { MongoError } from '../errors.ts';

/** A stretch of work may hold the event loop this long before others get a turn. */
const SLICE_MS = 6;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * One running command: its time limit, and whether somebody gave it up. Against the limit counts what it worked, as with
 * MongoDB: others have their turns meanwhile, and a busy machine makes no cheap query a costly one.
 */
export class Operation {
  #leftMs: number;
  #since = performance.now();
  #ended: MongoError | undefined;
  #onEnd = new Set<() => void>();

  /** @param maxTimeMs 0 for no limit */
  constructor(maxTimeMs = 0) {
    this.#leftMs = maxTimeMs > 0 ? maxTimeMs : Number.POSITIVE_INFINITY;
  }

  /** True when the current stretch has lasted long enough: pause cursors and `await breathe()`. */
  get spent(): boolean {
    return this.#stretchMs >= SLICE_MS;
  }

  /**
   * Lets others run.
   * @throws MongoError 50 after the time limit, 237 or 11601 when killed
   */
  async breathe(): Promise<void> {
    this.check();
    this.#leftMs -= this.#stretchMs;
    await turn();
    this.restart();
    this.check();
  }

  /** A fresh slice, for work that starts after waiting. */
  restart(): void {
    this.#since = performance.now();
  }

  check(): void {
    if (this.#ended) throw this.#ended;
    if (this.#stretchMs > this.#leftMs) {
      throw new MongoError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
  }

  get #stretchMs(): number {
    return performance.now() - this.#since;
  }

  /** Makes the operation end with an error at its next check. */
  end(error: MongoError): void {
    if (this.#ended) return;
    this.#ended = error;
    for (const action of this.#onEnd) action();
    this.#onEnd.clear();
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  onEnd(action: () => void): () => void {
    this.#onEnd.add(action);
    return () => this.#onEnd.delete(action);
  }
}
