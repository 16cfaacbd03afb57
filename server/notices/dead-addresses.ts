import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { translate } from '@svodka/shared/messages/catalogue';
import { UsersService } from '../accounts/users.service.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { Clock } from '../platform/clock.ts';
import type { Outcome } from '../platform/mailer/mailer.ts';

/**
 * Addresses that their own server does not know any more. Nothing goes there until the person has another one, or
 * somebody has sent a letter by hand that arrived; those who look after people are told once of each.
 */
@Injectable()
export class DeadAddresses {
  constructor(
    private readonly users: UsersService,
    private readonly intake: EventIntake,
    private readonly clock: Clock,
  ) {}

  /**
   * Told before it is marked, by a key of what is to be marked: of whoever ends in between the next attempt does both.
   * @param isAsked somebody has sent it by hand
   */
  async learn(userId: Id, email: string, outcome: Outcome, isAsked: boolean): Promise<void> {
    if (outcome.kind === 'sent' && isAsked) await this.users.addressIs(userId, email, 'alive');
    if (outcome.kind !== 'refused' || !outcome.isUnknown) return;
    const { name, deadEmail, version } = await this.users.get(userId);
    if (deadEmail === email) return;
    await this.intake.tell({
      type: 'mail.undeliverable',
      title: translate('ru', 'mail.undeliverable.title', { name, email }),
      occurredAt: this.clock.now(),
      importance: 'high',
      payload: { fields: { name, email, response: outcome.response } },
      externalId: `undeliverable:${userId}:${email}:${version}`,
    });
    await this.users.addressIs(userId, email, 'dead');
  }
}
