import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@svodka/shared/contracts/errors';
import { refused } from '../platform/errors/contract-error.ts';
import { isCommonPassword } from './common-passwords.ts';

/** OWASP's floor for argon2id. One hash takes some 20 to 50 ms of one thread of the pool. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The pool has four threads, and files need some. */
const AT_ONCE = 2;
const MOST_WAITING = 100;

/** Letters and digits that nobody mixes up when reading them aloud. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Hashing and checking of passwords, at most two at a time. */
@Injectable()
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** What an unknown login is checked against, so that it takes as long as a known one. */
  readonly #nobody = this.hash(makePassword());

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password.normalize('NFC'), COST));
  }

  /** @param passwordHash undefined for an unknown login: false, after as long a time */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const stored = passwordHash ?? (await this.#nobody);
    const does = await this.#inTurn(() => verify(stored, password.normalize('NFC')));
    return does && passwordHash !== undefined;
  }

  /** @throws AppError `validation`, reason `common-password` */
  refuseCommon(password: string, login: string): void {
    if (isCommonPassword(password, login)) throw refused('password', 'common-password');
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new AppError('rate-limited', 'too many sign-ins at once', [], { retryAfter: 5 });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** A password of 80 bits for a person to type once. */
export function makePassword(): string {
  const letters = Array.from({ length: 14 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return letters.join('');
}
