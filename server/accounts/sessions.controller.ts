import { Controller, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { OwnSession } from '@svodka/shared/contracts/user';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentSession, CurrentUser } from '../platform/security/current-user.decorator.ts';
import { SessionsService } from './sessions.service.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';
import { UsersService } from './users.service.ts';

/** Where a person is signed in, and how they end it from afar. */
@Controller()
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Route('GET /sessions')
  async list(@CurrentUser() user: UserDoc, @CurrentSession() here: SessionDoc) {
    const found = await this.sessions.of(user);
    return { items: found.map((session) => toOwnSession(session, here)) };
  }

  @Route('DELETE /sessions/:id')
  async end(@Asked() { id }: Asked<'DELETE /sessions/:id'>, @CurrentUser() user: UserDoc) {
    if (!(await this.sessions.end(id, user._id))) throw new AppError('not-found', `no session ${id}`);
  }

  /** Everywhere is here too. */
  @Route('DELETE /sessions')
  async endAll(@CurrentUser() user: UserDoc, @Res({ passthrough: true }) response: Response) {
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
