import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from './refs.service.ts';

/** The names of things that a page has by id only: of filters, of saved feeds. What one may not see has none. */
@Controller()
export class RefsController {
  constructor(private readonly refs: RefsService) {}

  @Route('GET /refs')
  read(@Asked() { query }: Asked<'GET /refs'>, @CurrentUser() user: UserDoc) {
    return this.refs.refsOf(actorOf(user), {
      projectIds: query.projects ?? [],
      counterpartyIds: query.counterparties ?? [],
      userIds: query.users ?? [],
    });
  }
}
