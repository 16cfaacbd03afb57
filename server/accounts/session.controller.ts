import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import {
  type PasswordChange,
  PasswordChangeSchema,
  type ProfileEdit,
  ProfileEditSchema,
  type Session,
  type SignIn,
  SignInSchema,
  type User,
} from '@svodka/shared/contracts/user';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { plainAddress } from '../platform/http/address.ts';
import type { Request, Response } from '../platform/http/request.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentSession, CurrentUser } from '../platform/security/current-user.decorator.ts';
import { VERSION } from '../platform/version.ts';
import { deviceOf } from './device.ts';
import { SessionsService } from './sessions.service.ts';
import { SignInService } from './sign-in.service.ts';
import { toUser } from './user.mapper.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';

@Controller('session')
export class SessionController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('public')
  async signIn(
    @Body({ schema: SignInSchema }) body: SignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Session> {
    const { user, session, token } = await this.signIns.signIn(body, {
      address: plainAddress(request.ip),
      device: deviceOf(request.headers['user-agent']),
    });
    if (body.token) return { ...this.#answer(user, session), token };
    response.setHeader('Set-Cookie', this.sessions.cookieFor(token));
    return this.#answer(user, session);
  }

  @Get()
  @Allow('signed-in')
  read(@CurrentUser() user: UserDoc, @CurrentSession() session: SessionDoc): Session {
    return this.#answer(user, session);
  }

  @Delete()
  @HttpCode(204)
  @Allow('signed-in')
  async signOut(
    @CurrentSession() session: SessionDoc,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.end(session._id);
    response.setHeader('Set-Cookie', this.sessions.clearedCookie());
    response.setHeader('Clear-Site-Data', '"cache"'); // the page's own storage holds its looks, and no events
  }

  @Patch('user')
  @Allow('signed-in')
  async editProfile(
    @CurrentUser() user: UserDoc,
    @Body({ schema: ProfileEditSchema }) edit: ProfileEdit,
    @Req() request: Request,
  ): Promise<User> {
    return toUser(await this.signIns.editProfile(user, edit, plainAddress(request.ip)));
  }

  @Post('password')
  @HttpCode(204)
  @Allow('signed-in')
  changePassword(
    @CurrentUser() user: UserDoc,
    @CurrentSession() session: SessionDoc,
    @Body({ schema: PasswordChangeSchema }) change: PasswordChange,
    @Req() request: Request,
  ): Promise<void> {
    return this.signIns.changePassword(user, session, change, plainAddress(request.ip));
  }

  #answer(user: UserDoc, session: SessionDoc): Session {
    return {
      user: toUser(user),
      expiresAt: session.expiresAt.toISOString(),
      server: {
        version: VERSION,
        insecure: this.config.insecure,
        mailKept: this.config.smtpUrl === null,
        clockOffMs: -this.clock.offsetMs,
        store: this.config.mongodbUri === null ? 'embedded' : 'mongodb',
      },
    };
  }
}
