import { Controller } from '@nestjs/common';
import { may } from '@svodka/shared/rules/permissions';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { actorOf } from './actor.ts';
import { toColleague, toUser } from './user.mapper.ts';
import type { UserDoc } from './user.schema.ts';
import { UsersService } from './users.service.ts';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Route('GET /users')
  async list(@Asked() { query }: Asked<'GET /users'>, @CurrentUser() user: UserDoc) {
    const manages = may(actorOf(user), 'users.manage');
    const { items, next } = await this.users.list(query, { byLogin: manages });
    return { items: items.map((doc) => (manages ? toUser(doc) : toColleague(doc))), next };
  }

  @Route('POST /users')
  async create(@Asked() { body }: Asked<'POST /users'>) {
    const { user, ...made } = await this.users.create(body);
    return { user: toUser(user), ...made };
  }

  @Route('PATCH /users/:id')
  async edit(@Asked() { id, body: edit }: Asked<'PATCH /users/:id'>) {
    return toUser(await this.users.edit(id, edit));
  }

  @Route('POST /users/:id/password')
  async resetPassword(@Asked() { id, body }: Asked<'POST /users/:id/password'>) {
    const password = await this.users.resetPassword(id, body.password);
    return password === undefined ? {} : { password };
  }
}
