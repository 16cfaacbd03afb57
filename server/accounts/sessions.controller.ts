import { Controller, Delete, Get, HttpCode, Param, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { OwnSession } from '@svodka/shared/contracts/user';
import { IdPipe } from '../platform/http/id.pipe.ts';
import type { Response } from '../platform/http/request.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentSession, CurrentUser } from '../platform/security/current-user.decorator.ts';
import { SessionsService } from './sessions.service.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';
import { UsersService } from './users.service.ts';

/** Where a person is signed in, and how they end it from afar. */
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Allow('signed-in')
  async list(
    @CurrentUser() user: UserDoc,
    @CurrentSession() here: SessionDoc,
  ): Promise<{ items: OwnSession[] }> {
    const found = await this.sessions.of(user);
    return { items: found.map((session) => toOwnSession(session, here)) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('signed-in')
  async end(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<void> {
    if (!(await this.sessions.end(id, user._id))) throw new AppError('not-found', `no session ${id}`);
  }

  /** Everywhere is here too. */
  @Delete()
  @HttpCode(204)
  @Allow('signed-in')
  async endAll(@CurrentUser() user: UserDoc, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.users.signOutEverywhere(user._id);
    response.setHeader('Set-Cookie', this.sessions.clearedCookie());
    response.setHeader('Clear-Site-Data', '"cache"');
  }
}

const toOwnSession = (
  { _id, kind, device = null, address, createdAt, seenAt }: SessionDoc,
  here: SessionDoc,
): OwnSession => ({
  id: _id,
  isHere: _id === here._id,
  kind,
  device,
  address: address ?? null,
  createdAt: createdAt.toISOString(),
  usedAt: seenAt.toISOString(),
});
