import { Controller, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { may } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { showLetter } from '../platform/http/show-letter.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { MailboxService } from './mailbox.service.ts';
import { OutboxService } from './outbox.service.ts';
import { RelayService } from './relay.service.ts';

/** «Почта»: every letter, sent or not, with what became of it. */
@Controller()
export class DeliveriesController {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly outbox: OutboxService,
    private readonly relay: RelayService,
  ) {}

  @Route('GET /deliveries')
  page(@Asked() { query }: Asked<'GET /deliveries'>) {
    return this.mailbox.page(query);
  }

  @Route('POST /deliveries/held')
  async settleHeld(@Asked() { body: { as } }: Asked<'POST /deliveries/held'>) {
    return { letters: await this.mailbox.settleHeld(as) };
  }

  @Route('POST /deliveries/trial')
  async trial(@Asked() { body }: Asked<'POST /deliveries/trial'>, @CurrentUser() user: UserDoc) {
    if (body.words && !may(actorOf(user), 'letters.write')) throw new AppError('forbidden', 'letters.write');
    const delivery = await this.mailbox.get(await this.outbox.trial(user, body.channel, body.words));
    this.relay.wake();
    return delivery;
  }

  @Route('GET /deliveries/:id/letter')
  async letter(
    @Asked() { id }: Asked<'GET /deliveries/:id/letter'>,
    @Res() response: Response,
  ): Promise<void> {
    showLetter(response, await this.mailbox.html(id));
  }

  @Route('GET /deliveries/:id')
  get(@Asked() { id }: Asked<'GET /deliveries/:id'>) {
    return this.mailbox.get(id);
  }

  @Route('POST /deliveries/:id/retry')
  retry(@Asked() { id }: Asked<'POST /deliveries/:id/retry'>) {
    return this.mailbox.retry(id);
  }

  @Route('POST /deliveries/:id/discard')
  discard(@Asked() { id }: Asked<'POST /deliveries/:id/discard'>) {
    return this.mailbox.discard(id);
  }
}
