import { Injectable } from '@nestjs/common';
import { limitKey } from '../platform/http/address.ts';
import { Limiter } from '../platform/limits/limiter.ts';

/** Tries at one login from one address. */
const PAIR = { perSecond: 10 / 60, burst: 10 };
/** Tries at a login that is being guessed, from one address that the account does not know. */
const SLOW_PAIR = { perSecond: 12 / 3600, burst: 5 };
/** Failures of one address, at whatever logins. */
const ADDRESS = { perSecond: 100 / 60, burst: 100 };
/** Failures at one login, from whatever addresses: then it counts as being guessed. */
const LOGIN = { perSecond: 200 / 3600, burst: 200 };

/** What a try is counted under, and whether the account has a living session at that address. */
type Try = { login: string; address: string; isAtHome: () => Promise<boolean> };

/**
 * Bounds guessing without locking anybody out. Every try is counted before its password is compared, so that a
 * hundred at once are a hundred tries, and given back when it succeeds. What strangers do to a login or from an address
 * only ever matters to addresses that the account does not know, and leaves those five tries of their own.
 */
@Injectable()
export class SignInLimits {
  readonly #pairs = new Limiter(PAIR);
  readonly #slowPairs = new Limiter(SLOW_PAIR);
  readonly #addresses = new Limiter(ADDRESS);
  readonly #logins = new Limiter(LOGIN);

  /**
   * @returns to be called when the password was right
   * @throws AppError `rate-limited`
   */
  async admit({ login, address, isAtHome }: Try): Promise<() => void> {
    const from = limitKey(address);
    const pair = `${from} ${login}`;
    this.#pairs.spend(pair, 'sign-in');
    const calm = this.#addresses.take(from);
    const quiet = this.#logins.take(login);
    if (!(calm && quiet) && !(await isAtHome())) {
      if (!calm) throw this.#addresses.refusal(from, 'sign-in');
      this.#slowPairs.spend(pair, 'sign-in');
    }
    return () => {
      this.#pairs.forget(pair);
      this.#slowPairs.forget(pair);
      if (calm) this.#addresses.giveBack(from);
      if (quiet) this.#logins.giveBack(login);
    };
  }
}
