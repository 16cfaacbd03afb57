import { Controller, Get, Param } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ChainsService } from './chains.service.ts';

@Controller()
export class ChainsController {
  constructor(private readonly chains: ChainsService) {}

  @Get('projects/:id/chain')
  @Allow('directory.read')
  chain(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<OrderChain> {
    return this.chains.of(actorOf(user), id);
  }
}
