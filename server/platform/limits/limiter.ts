import { AppError } from '@svodka/shared/contracts/errors';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** Beyond so many keys the longest untouched are forgotten: memory is bounded whatever is sent. */
const MOST_KEYS = 20_000;

/** One bucket for each key: an address, a person, a login. Only keys that were used lately cost memory. */
export class Limiter {
  /** In the order of their last use. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly rate: Rate,
    private readonly now?: () => number,
  ) {}

  has(key: string): boolean {
    return this.#buckets.get(key)?.has() ?? true;
  }

  take(key: string): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.rate, this.now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MOST_KEYS) this.#forgetSome();
    return bucket.take();
  }

  /** All of `times`, or none. @throws AppError `rate-limited` */
  spend(key: string, what: string, times = 1): void {
    for (let taken = 0; taken < times; taken++) {
      if (this.take(key)) continue;
      const refusal = this.refusal(key, what);
      for (let back = 0; back < taken; back++) this.giveBack(key);
      const retryAfter =
        Math.ceil((times - taken - 1) / this.rate.perSecond) + Number(refusal.extra.retryAfter);
      throw new AppError('rate-limited', what, [], { retryAfter });
    }
  }

  /** What was taken was taken wrongly. */
  giveBack(key: string): void {
    this.#buckets.get(key)?.giveBack();
  }

  forget(key: string): void {
    this.#buckets.delete(key);
  }

  refusal(key: string, what: string): AppError {
    return new AppError('rate-limited', what, [], { retryAfter: this.#buckets.get(key)?.wait ?? 1 });
  }

  #forgetSome(): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull()) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST_KEYS / 2) return;
      this.#buckets.delete(key);
    }
  }
}
