import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Slows guessing down without locking anybody out: ten tries a minute for one login from one address; a hundred
 * failures a minute from one address; and when a thousand failures an hour have come from everywhere, addresses that
 * had a part in them wait, while others still sign in.
 */
@Injectable()
export class SignInLimits {
  readonly #perLogin = new RateLimiterMemory({ points: 10, duration: 60 });
  readonly #perAddress = new RateLimiterMemory({ points: 100, duration: 60 });
  readonly #everywhere = new RateLimiterMemory({ points: 1000, duration: 3600 });
  readonly #suspects = new RateLimiterMemory({ points: 3, duration: 3600 });

  /** @throws AppError `rate-limited` */
  async admit(login: string, ip: string): Promise<void> {
    const [address, everywhere, suspect] = await Promise.all([
      this.#perAddress.get(ip),
      this.#everywhere.get('all'),
      this.#suspects.get(ip),
    ]);
    if (address && address.consumedPoints >= 100) throw limited(address);
    if (everywhere && everywhere.consumedPoints >= 1000 && suspect && suspect.consumedPoints >= 3)
      throw limited(suspect);
    await this.#perLogin.consume(`${ip} ${login}`).catch((full: unknown) => {
      throw limited(full as RateLimiterRes);
    });
  }

  async failed(ip: string): Promise<void> {
    await Promise.all([
      this.#perAddress.penalty(ip),
      this.#everywhere.penalty('all'),
      this.#suspects.penalty(ip),
    ]);
  }

  async succeeded(login: string, ip: string): Promise<void> {
    await this.#perLogin.delete(`${ip} ${login}`);
  }
}

function limited({ msBeforeNext }: RateLimiterRes): AppError {
  return new AppError('rate-limited', 'sign-in', [], {
    retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });
}
