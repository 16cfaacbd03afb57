import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import { type DirectoryQuery, DirectoryQuerySchema } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import {
  type PasswordReset,
  PasswordResetSchema,
  type User,
  type UserCreate,
  UserCreateSchema,
  type UserEdit,
  UserEditSchema,
} from '@svodka/shared/contracts/user';
import { may } from '@svodka/shared/rules/permissions';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { actorOf } from './actor.ts';
import { type Colleague, toColleague, toUser } from './user.mapper.ts';
import type { UserDoc } from './user.schema.ts';
import { UsersService } from './users.service.ts';

@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Allow('signed-in')
  async list(
    @CurrentUser() user: UserDoc,
    @Query({ schema: DirectoryQuerySchema }) query: DirectoryQuery,
  ): Promise<Page<User | Colleague>> {
    const manages = may(actorOf(user), 'users.manage');
    const { items, next } = await this.users.list(query, { byLogin: manages });
    return { items: items.map((doc) => (manages ? toUser(doc) : toColleague(doc))), next };
  }

  @Post()
  @Allow('users.manage')
  async create(
    @Body({ schema: UserCreateSchema }) body: UserCreate,
  ): Promise<{ user: User; password?: string }> {
    const { user, ...made } = await this.users.create(body);
    return { user: toUser(user), ...made };
  }

  @Patch(':id')
  @Allow('users.manage')
  async edit(@Param('id', IdPipe) id: Id, @Body({ schema: UserEditSchema }) edit: UserEdit): Promise<User> {
    return toUser(await this.users.edit(id, edit));
  }

  @Post(':id/password')
  @HttpCode(200)
  @Allow('users.manage')
  async resetPassword(
    @Param('id', IdPipe) id: Id,
    @Body({ schema: PasswordResetSchema }) body: PasswordReset,
  ): Promise<{ password?: string }> {
    const password = await this.users.resetPassword(id, body.password);
    return password === undefined ? {} : { password };
  }
}
