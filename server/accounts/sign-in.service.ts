import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { PasswordChange, ProfileEdit, SignIn } from '@svodka/shared/contracts/user';
import { contextIsAbout } from '../platform/context/request-context.ts';
import { limitKey } from '../platform/http/address.ts';
import { Logger } from '../platform/logger/logger.ts';
import { Passwords } from './passwords.ts';
import { type Origin, SessionsService } from './sessions.service.ts';
import { SignInLimits } from './sign-in-limits.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

@Injectable()
export class SignInService {
  readonly #log: Logger;

  constructor(
    private readonly users: UsersRepository,
    private readonly people: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: Passwords,
    private readonly limits: SignInLimits,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'accounts' });
  }

  /**
   * One answer for a wrong password, an unknown and a disabled login, after as long a time.
   * @throws AppError `unauthenticated`, `rate-limited`
   */
  async signIn(
    { login: given, password, token: asToken }: SignIn,
    origin: Origin,
  ): Promise<{ user: UserDoc; session: SessionDoc; token: string }> {
    const login = given.trim().toLowerCase();
    const { address } = origin;
    const user = await this.users.byLogin(login);
    if (user) contextIsAbout(user._id);
    // Asked of the store for an unknown login too: it takes as long.
    const isAtHome = () => this.sessions.knowsAddress(user?._id ?? '', address);
    const succeeded = await this.limits.admit({ login, address, isAtHome });
    const matches = await this.passwords.matches(
      user?.passwordHash,
      password,
      limitKey(address),
      await isAtHome(),
    );
    if (!user || !matches || user.disabledAt) {
      // Not the login as it was typed: now and then it is a password.
      this.#log.info('sign-in refused', { userId: user?._id ?? null, address });
      throw new AppError('unauthenticated', '#sign-in');
    }
    succeeded();
    const started = await this.sessions.start(user, asToken ? 'bearer' : 'cookie', origin);
    this.#log.info('signed in', { userId: user._id, address });
    return { user, ...started };
  }

  /** A person's own change. @throws AppError `validation`, `rate-limited`, `conflict` */
  changePassword(user: UserDoc, session: SessionDoc, change: PasswordChange, address: string): Promise<void> {
    return this.#guessing(user, address, () => this.people.changePassword(user._id, session._id, change));
  }

  /** @throws AppError `validation`, `rate-limited` */
  editProfile(user: UserDoc, edit: ProfileEdit, address: string): Promise<UserDoc> {
    const work = () => this.people.editProfile(user._id, edit);
    return edit.current === undefined ? work() : this.#guessing(user, address, work);
  }

  /** A password can be guessed here as it can at the door, so the same limits hold. */
  async #guessing<T>({ login }: UserDoc, address: string, work: () => Promise<T>): Promise<T> {
    const succeeded = await this.limits.admit({ login, address, isAtHome: async () => true });
    const done = await work();
    succeeded();
    return done;
  }
}
