import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { NearbyService } from './nearby.service.ts';

@Controller()
export class SearchController {
  constructor(private readonly nearby: NearbyService) {}

  @Route('GET /search/nearby')
  async near(@Asked() { query }: Asked<'GET /search/nearby'>, @CurrentUser() user: UserDoc) {
    return { words: await this.nearby.of(actorOf(user), query.words, user.tz) };
  }
}
