import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ChainsService } from './chains.service.ts';
import { PartyMoneyService } from './party-money.service.ts';

@Controller()
export class ChainsController {
  constructor(
    private readonly chains: ChainsService,
    private readonly sums: PartyMoneyService,
  ) {}

  @Route('GET /projects/:id/chain')
  chain(@Asked() { id, query }: Asked<'GET /projects/:id/chain'>, @CurrentUser() user: UserDoc) {
    return this.chains.of(actorOf(user), id, query.at);
  }

  @Route('GET /counterparties/:id/money')
  money(@Asked() { id }: Asked<'GET /counterparties/:id/money'>, @CurrentUser() user: UserDoc) {
    return this.sums.of(actorOf(user), id);
  }
}
