import { Limiter } from './limiter.ts';
import type { Rate } from './token-bucket.ts';

const MINUTE = 60;
/** By address: how often a token may be wrong before that is not even said any more. */
const WRONG = { perSecond: 1 / MINUTE, burst: 20 };
/** By address: how often one that is wrong may be looked up at all. Each look is one indexed read. */
const LOOKS = { perSecond: 2, burst: 600 };

/**
 * What opens to whoever has its token, without anybody being signed in. Failures count against the address that they
 * come from, and what is right against itself: behind one address there are many, and one who guesses refuses the
 * others nothing, unless it is a flood.
 */
export class TokenDoor {
  readonly #wrong: Limiter;
  readonly #looks: Limiter;
  readonly #asks: Limiter;

  /** @param asks how often what is right may be asked for */
  constructor(asks: Rate, now?: () => number) {
    this.#asks = new Limiter(asks, now);
    this.#wrong = new Limiter(WRONG, now);
    this.#looks = new Limiter(LOOKS, now);
  }

  /** @param find by one indexed read; null: the token is wrong, or opens nothing any more */
  async open<T extends { key: string }>(
    from: string,
    find: () => Promise<T | null>,
  ): Promise<T | 'wrong' | 'busy'> {
    if (!this.#looks.take(from)) return 'busy';
    const found = await find();
    if (!found) return this.#wrong.take(from) ? 'wrong' : 'busy';
    this.#looks.giveBack(from);
    return this.#asks.take(found.key) ? found : 'busy';
  }
}
