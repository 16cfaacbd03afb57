import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';

/** Told at most so often, ms (F17). */
const TELL_EVERY_MS = 250;
/** When a count that was read while its feed moved is read again, ms; longer and longer while it goes on moving. */
const REREAD_MS = { first: 1_000, most: 30_000 };
/** A count over the limit is looked at again only so often when rows leave, ms. */
const OVER_LIMIT_MS = 60_000;
/** Who only passes through a feed is gone before it is counted, ms. */
const PASSING_MS = 100;
/** A write that a query saw reaches us by the log at most so much later, ms, or the reread corrects it. */
const LAG_MS = 1_000;

export type CountPorts = { read: () => Promise<Count>; tell: (count: Count) => void };

/**
 * How many events a room has. Read once, then moved by what enters and leaves. A query cannot say up to which change
 * it counted, so a count that was read while the room moved is taken for unsure, and read again once it is quiet.
 */
export class Counter {
  #count: Count | null = null;
  #reading: Promise<Count> | null = null;
  #movedAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #rereadMs = REREAD_MS.first;
  #rereadTimer: NodeJS.Timeout | null = null;
  #tellTimer: NodeJS.Timeout | null = null;
  #wantTimer: NodeJS.Timeout | null = null;
  #told: Count | null = null;
  #closed = false;

  constructor(private readonly ports: CountPorts) {}

  /** As far as it is known; null until it was read. */
  get known(): Count | null {
    return this.#count;
  }

  /** Sees to it that the count becomes known, and is told when it is. Nobody has to wait for it. */
  want(): void {
    if (!this.#count) this.#readOrRetry(REREAD_MS.first);
  }

  /** The same for whoever stays: what is read meanwhile, the rows above all, does not share the store with a count. */
  wantSoon(): void {
    if (this.#count || this.#reading || this.#wantTimer || this.#closed) return;
    this.#wantTimer = setTimeout(() => {
      this.#wantTimer = null;
      this.want();
    }, PASSING_MS);
    this.#wantTimer.unref();
  }

  /** What is known within a time, ms; null: nothing yet. */
  async within(ms: number): Promise<Count | null> {
    this.want();
    if (this.#count || !this.#reading) return this.#count;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#reading.then(nothing, nothing), late]);
    clearTimeout(timer);
    return this.#count;
  }

  /** Something entered (+1) or left (−1). */
  move(by: 1 | -1): void {
    const now = performance.now();
    this.#movedAt = now;
    if (this.#count?.exact) {
      const n = Math.max(0, this.#count.n + by);
      this.#count = { n: Math.min(n, COUNT_LIMIT), exact: n <= COUNT_LIMIT };
      this.#tellSoon();
      if (now - this.#readAt < LAG_MS) this.#rereadIn(this.#rereadMs);
    } else if (this.#count && by < 0) {
      this.#rereadIn(OVER_LIMIT_MS);
    }
  }

  /** What moved is not known exactly: an image is missing, bounds have moved. */
  doubt(): void {
    if (this.#count || this.#reading) this.#rereadIn(REREAD_MS.first);
  }

  close(): void {
    this.#closed = true;
    if (this.#rereadTimer) clearTimeout(this.#rereadTimer);
    if (this.#tellTimer) clearTimeout(this.#tellTimer);
    if (this.#wantTimer) clearTimeout(this.#wantTimer);
  }

  #read(): Promise<Count> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  #readOrRetry(pauseMs: number): void {
    this.#read().catch(() => this.#rereadIn(pauseMs));
  }

  async #readNow(): Promise<Count> {
    const began = performance.now();
    const count = await this.ports.read();
    this.#readAt = performance.now();
    this.#count = count;
    if (this.#movedAt > began - LAG_MS) this.#rereadIn(this.#rereadMs);
    else this.#rereadMs = REREAD_MS.first;
    this.#tellSoon();
    return count;
  }

  #rereadIn(ms: number): void {
    if (this.#rereadTimer || this.#closed) return;
    this.#rereadMs = Math.min(REREAD_MS.most, this.#rereadMs * 2);
    this.#rereadTimer = setTimeout(() => {
      this.#rereadTimer = null;
      if (!this.#closed) this.#readOrRetry(REREAD_MS.most);
    }, ms);
    this.#rereadTimer.unref();
  }

  #tellSoon(): void {
    if (this.#tellTimer || this.#closed) return;
    this.#tellTimer = setTimeout(() => {
      this.#tellTimer = null;
      const count = this.#count;
      if (!count || (this.#told?.n === count.n && this.#told.exact === count.exact)) return;
      this.#told = count;
      this.ports.tell(count);
    }, TELL_EVERY_MS);
    this.#tellTimer.unref();
  }
}

const nothing = (): void => {};
