import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from '../refs/refs.service.ts';
import { toCrew } from './crew.schema.ts';
import { CrewsService } from './crews.service.ts';

@Controller()
export class CrewsController {
  constructor(
    private readonly crews: CrewsService,
    private readonly refs: RefsService,
  ) {}

  @Route('GET /crews')
  async list(@CurrentUser() user: UserDoc) {
    const items = (await this.crews.all()).map(toCrew);
    const refs = await this.refs.refsOf(actorOf(user), {
      userIds: items.flatMap(({ memberIds }) => memberIds),
    });
    return { items, refs };
  }

  @Route('POST /crews')
  async create(@Asked() { body }: Asked<'POST /crews'>, @CurrentUser() user: UserDoc) {
    return toCrew(await this.crews.create(actorOf(user), body));
  }

  @Route('GET /crews/:id')
  async read(@Asked() { id }: Asked<'GET /crews/:id'>) {
    return toCrew(await this.crews.get(id));
  }

  @Route('PATCH /crews/:id')
  async edit(@Asked() { id, body, rev }: Asked<'PATCH /crews/:id'>) {
    return toCrew(await this.crews.edit(id, body, rev));
  }
}
