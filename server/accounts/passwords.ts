import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { refused } from '../platform/errors/contract-error.ts';
import { FairQueue } from '../platform/limits/fair-queue.ts';
import { isCommonPassword } from './common-passwords.ts';

/** OWASP's floor for argon2id. One hash takes some 20 to 50 ms of one thread of the pool. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The pool has four threads, and files need some. Whoever floods the door waits behind themselves. */
const DOOR = { atOnce: 2, perKey: 2, waiting: 500, waitingPerKey: 40, patienceMs: 10_000 };
/** For those whom the account knows there is a door of their own: however many knock at the other, they go in. */
const HOME = { ...DOOR, atOnce: 1, perKey: 1, waitingPerKey: 10 };

/** Letters and digits that nobody mixes up when reading them aloud. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Hashing and checking of passwords, a few at a time. */
@Injectable()
export class Passwords {
  readonly #door = new FairQueue(DOOR);
  readonly #home = new FairQueue(HOME);
  /** What an unknown login is checked against, so that it takes as long as a known one. */
  readonly #nobody = this.hash(makePassword());

  /** @param forWhom whose turn it takes: an address at the door, else a person */
  hash(password: string, forWhom = ''): Promise<string> {
    return this.#door.run(forWhom, () => hash(password.normalize('NFC'), COST));
  }

  /**
   * @param passwordHash undefined for an unknown login: false, after as long a time
   * @param isAtHome whether the account knows from where it is asked for
   */
  async matches(
    passwordHash: string | undefined,
    password: string,
    forWhom = '',
    isAtHome = false,
  ): Promise<boolean> {
    const stored = passwordHash ?? (await this.#nobody);
    const does = await (isAtHome ? this.#home : this.#door).run(forWhom, () =>
      verify(stored, password.normalize('NFC')),
    );
    return does && passwordHash !== undefined;
  }

  /** @throws AppError `validation`, reason `common-password` */
  refuseCommon(password: string, login: string): void {
    if (isCommonPassword(password, login)) throw refused('password', 'common-password');
  }
}

/** A password of 80 bits for a person to type once. */
export function makePassword(): string {
  const letters = Array.from({ length: 14 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return letters.join('');
}
