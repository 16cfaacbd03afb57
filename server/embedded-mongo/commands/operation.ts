import { MongoError } from '../errors.ts';

/** A stretch of work may hold the event loop this long before others get a turn. */
const SLICE_MS = 6;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One running command: its time limit, and whether somebody gave it up. */
export class Operation {
  #deadline: number;
  #sliceEnd: number;
  #ended: MongoError | undefined;
  #onEnd = new Set<() => void>();

  /** @param maxTimeMs 0 for no limit */
  constructor(maxTimeMs = 0) {
    const now = performance.now();
    this.#deadline = maxTimeMs > 0 ? now + maxTimeMs : Number.POSITIVE_INFINITY;
    this.#sliceEnd = now + SLICE_MS;
  }

  /** True when the current stretch has lasted long enough: pause cursors and `await breathe()`. */
  get spent(): boolean {
    return performance.now() >= this.#sliceEnd;
  }

  /**
   * Lets others run.
   * @throws MongoError 50 after the time limit, 237 or 11601 when killed
   */
  async breathe(): Promise<void> {
    this.check();
    await turn();
    this.check();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }

  /** A fresh slice, for work that starts after waiting. */
  restart(): void {
    this.#sliceEnd = performance.now() + SLICE_MS;
  }

  check(): void {
    if (this.#ended) throw this.#ended;
    if (performance.now() > this.#deadline) {
      throw new MongoError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
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
