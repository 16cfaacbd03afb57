export type Rate = { perSecond: number; burst: number };

/** Lets through `perSecond` on average and `burst` at once. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(
    private readonly rate: Rate,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#tokens = rate.burst;
    this.#at = now();
  }

  /** Whether there is one to take. */
  has(): boolean {
    this.#fill();
    return this.#tokens >= 1;
  }

  take(): boolean {
    if (!this.has()) return false;
    this.#tokens--;
    return true;
  }

  /** Whether it has forgotten everything that was taken: then it is as good as a new one. */
  isFull(): boolean {
    this.#fill();
    return this.#tokens >= this.rate.burst;
  }

  giveBack(): void {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + 1);
  }

  /** Seconds until there is one to take, at least 1. */
  get wait(): number {
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.rate.perSecond));
  }

  #fill(): void {
    const now = this.now();
    this.#tokens = Math.min(this.rate.burst, this.#tokens + ((now - this.#at) / 1000) * this.rate.perSecond);
    this.#at = now;
  }
}
