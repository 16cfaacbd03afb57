import { Controller } from '@nestjs/common';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { OutboxService } from './outbox.service.ts';

/** «Почта»: every letter, sent or not, with what became of it. */
@Controller()
export class DeliveriesController {
  constructor(private readonly outbox: OutboxService) {}

  @Route('GET /deliveries')
  page(@Asked() { query }: Asked<'GET /deliveries'>) {
    return this.outbox.page(query);
  }

  @Route('POST /deliveries/held')
  async settleHeld(@Asked() { body: { as } }: Asked<'POST /deliveries/held'>) {
    return { letters: await this.outbox.settleHeld(as) };
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
