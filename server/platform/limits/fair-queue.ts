import { AppError } from '@svodka/shared/contracts/errors';

export type QueueSize = {
  /** Works at a time, of everybody and of one key. */
  atOnce: number;
  perKey: number;
  /** Works that wait, of everybody and of one key; more are refused. */
  waiting: number;
  waitingPerKey: number;
  /** Longest wait, ms; then refused. */
  patienceMs: number;
};

type Waiting = { go(): void; turnOut(): void };

/**
 * A few works at a time, and the others in turn: the keys (persons, addresses) one after the other, so that whoever
 * sends a hundred waits behind themselves and everybody else behind at most one of theirs. When the room is full,
 * whoever has most waiting makes place for who has none: a crowd fills it, and keeps nobody out.
 */
export class FairQueue {
  readonly #running = new Map<string, number>();
  /** The next turn is the first key's; a key that had its turn goes to the end. */
  readonly #waiting = new Map<string, Waiting[]>();
  #atOnce = 0;
  #inLine = 0;

  /** @param why what is told to who is refused */
  constructor(
    private readonly size: QueueSize,
    private readonly why = 'too many at once',
  ) {}

  /** @throws AppError `rate-limited` when too many wait, or for too long */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#isFree(key) && this.#inLine === 0) this.#enter(key);
    else await this.#inTurn(key);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  /**
   * A turn for what is not one work: it lasts until what it gives is called, once.
   * @throws AppError `rate-limited` as `run`
   */
  async turn(key: string): Promise<() => void> {
    if (this.#isFree(key) && this.#inLine === 0) this.#enter(key);
    else await this.#inTurn(key);
    return () => this.#leave(key);
  }

  #inTurn(key: string): Promise<void> {
    const mine = this.#waiting.get(key) ?? [];
    if (mine.length >= this.size.waitingPerKey) throw this.#tooMany();
    if (this.#inLine >= this.size.waiting) this.#makePlace(mine.length);
    this.#waiting.set(key, mine);
    this.#inLine++;
    return new Promise((resolve, reject) => {
      const turn: Waiting = {
        go: () => {
          clearTimeout(timer);
          resolve();
        },
        turnOut: () => {
          clearTimeout(timer);
          mine.splice(mine.indexOf(turn), 1);
          this.#inLine--;
          if (mine.length === 0) this.#waiting.delete(key);
          reject(this.#tooMany());
        },
      };
      const timer = setTimeout(turn.turnOut, this.size.patienceMs);
      timer.unref();
      mine.push(turn);
      this.#next(); // those before it may be waiting for themselves only
    });
  }

  /** The last of the longest line goes. @throws AppError `rate-limited` when none is longer than `mine` and the new one */
  #makePlace(mine: number): void {
    let longest: Waiting[] = [];
    for (const line of this.#waiting.values()) if (line.length > longest.length) longest = line;
    if (longest.length <= mine + 1) throw this.#tooMany();
    longest.at(-1)?.turnOut();
  }

  #isFree(key: string): boolean {
    return this.#atOnce < this.size.atOnce && (this.#running.get(key) ?? 0) < this.size.perKey;
  }

  #enter(key: string): void {
    this.#atOnce++;
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
  }

  #leave(key: string): void {
    this.#atOnce--;
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left > 0) this.#running.set(key, left);
    else this.#running.delete(key);
    this.#next();
  }

  #next(): void {
    for (const [key, mine] of this.#waiting) {
      if (!this.#isFree(key)) continue;
      const turn = mine.shift();
      this.#waiting.delete(key);
      if (mine.length > 0) this.#waiting.set(key, mine);
      if (!turn) continue;
      this.#inLine--;
      this.#enter(key);
      turn.go();
      return;
    }
  }

  #tooMany(): AppError {
    return new AppError('rate-limited', this.why, [], { retryAfter: 2 });
  }
}
