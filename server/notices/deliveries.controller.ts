import { Controller, Res } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { OutboxService } from './outbox.service.ts';
import { RelayService } from './relay.service.ts';

/** A letter is shown as it looks, and does nothing: it loads nothing, runs nothing and leads away in a page of its own. */
const AS_IT_LOOKS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  'X-Frame-Options': 'SAMEORIGIN',
  'Cache-Control': 'no-store',
};

/** «Почта»: every letter, sent or not, with what became of it. */
@Controller()
export class DeliveriesController {
  constructor(
    private readonly outbox: OutboxService,
    private readonly relay: RelayService,
  ) {}

  @Route('GET /deliveries')
  page(@Asked() { query }: Asked<'GET /deliveries'>) {
    return this.outbox.page(query);
  }

  @Route('POST /deliveries/held')
  async settleHeld(@Asked() { body: { as } }: Asked<'POST /deliveries/held'>) {
    return { letters: await this.outbox.settleHeld(as) };
  }

  @Route('POST /deliveries/trial')
  async trial(@Asked() { body }: Asked<'POST /deliveries/trial'>, @CurrentUser() user: UserDoc) {
    const delivery = await this.outbox.trial(user, body.channel);
    this.relay.wake();
    return delivery;
  }

  @Route('GET /deliveries/:id/letter')
  async letter(
    @Asked() { id }: Asked<'GET /deliveries/:id/letter'>,
    @Res() response: Response,
  ): Promise<void> {
    const html = await this.outbox.html(id);
    for (const [header, value] of Object.entries(AS_IT_LOOKS)) response.setHeader(header, value);
    response.end(html);
  }

  @Route('GET /deliveries/:id')
  get(@Asked() { id }: Asked<'GET /deliveries/:id'>) {
    return this.outbox.get(id);
  }

  @Route('POST /deliveries/:id/retry')
  retry(@Asked() { id }: Asked<'POST /deliveries/:id/retry'>) {
    return this.outbox.retry(id);
  }

  @Route('POST /deliveries/:id/discard')
  discard(@Asked() { id }: Asked<'POST /deliveries/:id/discard'>) {
    return this.outbox.discard(id);
  }
}
