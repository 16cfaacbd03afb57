import { Controller, Req, Res } from '@nestjs/common';
import type { Session } from '@svodka/shared/contracts/user';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { isLocalAddress } from '../platform/config/local-address.ts';
import { plainAddress } from '../platform/http/address.ts';
import type { Request, Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentSession, CurrentUser } from '../platform/security/current-user.decorator.ts';
import { VERSION } from '../platform/version.ts';
import { deviceOf } from './device.ts';
import { SessionsService } from './sessions.service.ts';
import { SignInService } from './sign-in.service.ts';
import { toUser } from './user.mapper.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';

@Controller()
export class SessionController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  @Route('POST /session')
  async signIn(
    @Asked() { body }: Asked<'POST /session'>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { user, session, token } = await this.signIns.signIn(body, {
      address: plainAddress(request.ip),
      device: deviceOf(request.headers['user-agent']),
    });
    if (body.token) return { ...this.#answer(user, session), token };
    response.setHeader('Set-Cookie', this.sessions.cookieFor(token));
    return this.#answer(user, session);
  }

  @Route('GET /session')
  read(@CurrentUser() user: UserDoc, @CurrentSession() session: SessionDoc) {
    return this.#answer(user, session);
  }

  @Route('DELETE /session')
  async signOut(@CurrentSession() session: SessionDoc, @Res({ passthrough: true }) response: Response) {
    await this.sessions.end(session._id);
    response.setHeader('Set-Cookie', this.sessions.clearedCookie());
    response.setHeader('Clear-Site-Data', '"cache"'); // the page's own storage holds its looks, and no events
  }

  @Route('PATCH /session/user')
  async editProfile(
    @Asked() { body: edit }: Asked<'PATCH /session/user'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ) {
    return toUser(await this.signIns.editProfile(user, edit, plainAddress(request.ip)));
  }

  @Route('POST /session/password')
  changePassword(
    @Asked() { body: change }: Asked<'POST /session/password'>,
    @CurrentUser() user: UserDoc,
    @CurrentSession() session: SessionDoc,
    @Req() request: Request,
  ) {
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
        localLinks: isLocalAddress(this.config.baseUrl) ? this.config.baseUrl : null,
        clockOffMs: -this.clock.offsetMs,
        store: this.config.mongodbUri === null ? 'embedded' : 'mongodb',
      },
    };
  }
}
