import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { PasswordChange, SignIn } from '@svodka/shared/contracts/user';
import { Logger } from '../platform/logger/logger.ts';
import { Passwords } from './passwords.ts';
import { SessionsService } from './sessions.service.ts';
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
    ip: string,
  ): Promise<{ user: UserDoc; session: SessionDoc; token: string }> {
    const login = given.trim().toLowerCase();
    await this.limits.admit(login, ip);
    const user = await this.users.byLogin(login);
    const matches = await this.passwords.matches(user?.passwordHash, password);
    if (!user || !matches || user.disabledAt) {
      await this.limits.failed(ip);
      this.#log.info('sign-in refused', { login, ip });
      throw new AppError('unauthenticated', '#sign-in');
    }
    await this.limits.succeeded(login, ip);
    const started = await this.sessions.start(user._id, asToken ? 'bearer' : 'cookie');
    this.#log.info('signed in', { login, ip });
    return { user, ...started };
  }

  /**
   * A person's own change. The current password can be guessed here as it can at the door, so the same limits hold.
   * @throws AppError `validation`, `rate-limited`
   */
  async changePassword(
    user: UserDoc,
    session: SessionDoc,
    change: PasswordChange,
    ip: string,
  ): Promise<void> {
    await this.limits.admit(user.login, ip);
    try {
      await this.people.changePassword(user._id, session._id, change);
    } catch (error) {
      await this.limits.failed(ip);
      throw error;
    }
    await this.limits.succeeded(user.login, ip);
  }
}
