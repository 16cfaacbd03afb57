import { Controller, Req } from '@nestjs/common';
import { PAYMENTS_LIMITS } from '@svodka/shared/contracts/payments';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import { plainAddress } from '../../platform/http/address.ts';
import type { Request } from '../../platform/http/request.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { PersonLimits } from '../../platform/limits/person-limits.ts';
import { CurrentUser } from '../../platform/security/current-user.decorator.ts';
import { bytesOf } from '../ingest/body.ts';
import { PaymentLoads } from './loads.service.ts';
import { PaymentsService } from './payments.service.ts';

@Controller()
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly loads: PaymentLoads,
    private readonly limits: PersonLimits,
  ) {}

  @Route('GET /sources/payments')
  async latest() {
    return { items: await this.loads.latest() };
  }

  @Route('POST /sources/payments/:id/undo')
  undo(
    @Asked() { id }: Asked<'POST /sources/payments/:id/undo'>,
    @CurrentUser() { _id }: UserDoc,
    @Req() request: Request,
  ) {
    return this.loads.undo(id, { id: _id, from: plainAddress(request.ip) || null });
  }

  @Route('POST /sources/payments')
  async take(
    @Asked() { query: { dry, fileName } }: Asked<'POST /sources/payments'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ) {
    const bytes = await bytesOf(request, PAYMENTS_LIMITS.bytes);
    const from = plainAddress(request.ip) || null;
    return this.limits.write(user._id, () =>
      this.payments.take(actorOf(user), bytes, { dry: dry === 'true', fileName, from }),
    );
  }
}
