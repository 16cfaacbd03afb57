import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ChainsService } from './chains.service.ts';

@Controller()
export class ChainsController {
  constructor(private readonly chains: ChainsService) {}

  @Route('GET /projects/:id/chain')
  chain(@Asked() { id }: Asked<'GET /projects/:id/chain'>, @CurrentUser() user: UserDoc) {
    return this.chains.of(actorOf(user), id);
  }
}
