import { Controller } from '@nestjs/common';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { CurrentUser } from '../../platform/security/current-user.decorator.ts';
import { RefsService } from '../../refs/refs.service.ts';
import { ProposalsService } from './proposals.service.ts';

@Controller()
export class ProposalsController {
  constructor(
    private readonly proposals: ProposalsService,
    private readonly refs: RefsService,
  ) {}

  @Route('GET /proposals')
  async of(@Asked() { query: { ids } }: Asked<'GET /proposals'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const items = await this.proposals.of(actor, ids);
    const projectIds = items.flatMap(({ orders }) => orders.map(({ projectId }) => projectId));
    const counterpartyIds = items.flatMap(({ customers }) => customers);
    return { items, refs: await this.refs.refsOf(actor, { projectIds, counterpartyIds }) };
  }
}
