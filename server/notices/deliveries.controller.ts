import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { type Delivery, DeliveryQuerySchema, HeldDecisionSchema } from '@svodka/shared/contracts/notice';
import type { z } from 'zod';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { OutboxService } from './outbox.service.ts';

/** «Почта»: every letter, sent or not, with what became of it. */
@Controller('deliveries')
export class DeliveriesController {
  constructor(private readonly outbox: OutboxService) {}

  @Get()
  @Allow('mail.read')
  page(@Query({ schema: DeliveryQuerySchema }) query: z.infer<typeof DeliveryQuerySchema>) {
    return this.outbox.page(query);
  }

  @Post('held')
  @HttpCode(200)
  @Allow('mail.read')
  async settleHeld(
    @Body({ schema: HeldDecisionSchema }) { as }: z.infer<typeof HeldDecisionSchema>,
  ): Promise<{ letters: number }> {
    return { letters: await this.outbox.settleHeld(as) };
  }

  @Get(':id')
  @Allow('mail.read')
  get(@Param('id', IdPipe) id: Id): Promise<Delivery> {
    return this.outbox.get(id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Allow('mail.read')
  retry(@Param('id', IdPipe) id: Id): Promise<Delivery> {
    return this.outbox.retry(id);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Allow('mail.read')
  discard(@Param('id', IdPipe) id: Id): Promise<Delivery> {
    return this.outbox.discard(id);
  }
}
