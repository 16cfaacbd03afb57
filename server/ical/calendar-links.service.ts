// The one link of a person to their calendar: 256 bits, told once, kept as a hash. A new one ends the one before.
import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { Clock } from '../platform/clock.ts';
import { hashOfSecret, newSecret } from '../platform/security/secret.ts';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

@Injectable()
export class CalendarLinks {
  constructor(
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /** @returns the token, which nobody can be told again */
  async make(userId: Id): Promise<{ token: string; at: Date }> {
    const token = newSecret();
    const at = this.clock.now();
    await this.users.setCalendarLink(userId, { hash: hashOfSecret(token), at });
    return { token, at };
  }

  async revoke(userId: Id): Promise<void> {
    await this.users.setCalendarLink(userId, null);
  }

  /** Who may sign in no more has no calendar either. */
  async ownerOf(token: string): Promise<UserDoc | null> {
    const user = TOKEN.test(token) ? await this.users.byCalendarLink(hashOfSecret(token)) : null;
    return user && user.disabledAt === null ? user : null;
  }
}
