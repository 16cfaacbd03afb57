import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { IdSchema } from '@svodka/shared/contracts/id';
import type { Right } from '@svodka/shared/routes/route';
import { may } from '@svodka/shared/rules/permissions';
import { AppConfig } from '../platform/config/config.ts';
import { plainAddress } from '../platform/http/address.ts';
import { readJson } from '../platform/http/json-body.ts';
import { bearerOf, cookieOf, type Request, type Response } from '../platform/http/request.ts';
import { boundTo } from '../platform/http/route.decorator.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { isAllowedOrigin } from '../platform/security/origins.ts';
import { actorOf } from './actor.ts';
import type { ModuleTokenDoc } from './module-token.schema.ts';
import { ModuleTokens } from './module-tokens.service.ts';
import { SessionsService } from './sessions.service.ts';

const READS = ['GET', 'HEAD'];

/**
 * Stands before every REST handler: who may call it (`@Route`), by a session or a module's token, whether a change that
 * rides on a cookie comes from a page of ours, and how much one person asks; only then is the body read. Gateways sign in when a socket opens, in `io.use`.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: ModuleTokens,
    private readonly limits: PersonLimits,
    private readonly config: AppConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const handler = context.getHandler();
    const route = boundTo(handler)?.spec;
    const allowed = route?.right;
    if (!allowed) throw new AppError('forbidden', `${handler.name} is bound to no route`);
    const request = context
      .switchToHttp()
      .getRequest<Request & { session?: unknown; moduleToken?: ModuleTokenDoc }>();
    const bearer = bearerOf(request);
    const { cookie } = request.headers;
    this.#refuseForeign(request, allowed, bearer !== undefined);
    if (allowed === 'module') {
      const token = await this.tokens.authenticate(bearer);
      request.moduleToken = token;
      this.limits.request(token._id, READS.includes(request.method));
    } else if (allowed !== 'public' && allowed !== 'signature') {
      const { user, session } = await this.sessions.authenticate(
        bearer === undefined ? { cookie } : { bearer },
        plainAddress(request.ip),
      );
      // A page that was opened by somebody else: in another tab the cookie has become this person's.
      const asked = request.headers['x-svodka'];
      if (IdSchema.safeParse(asked).success && asked !== user._id)
        throw new AppError('unauthenticated', 'asked for somebody else');
      request.user = user;
      if (request.context) request.context.userId = user._id;
      request.session = session;
      this.limits.request(user._id, READS.includes(request.method));
      if (allowed !== 'signed-in' && !may(actorOf(user), allowed)) throw new AppError('forbidden', allowed);
    }
    const raw = route?.raw;
    this.#refuseOtherMedia(request, raw);
    if (!raw) await readJson(request, context.switchToHttp().getResponse<Response>(), allowed === 'public');
    return true;
  }

  /** A browser adds its cookie to requests of any page; ours add a header that a foreign page cannot. */
  #refuseForeign(request: Request, allowed: Right, isBearer: boolean): void {
    if (READS.includes(request.method) || isBearer) return;
    const { origin, host } = request.headers;
    const foreign = origin !== undefined && !isAllowedOrigin(this.config, origin, host);
    const onCookie = cookieOf(request.headers.cookie, this.sessions.cookieName) !== undefined;
    if (foreign || (onCookie && allowed !== 'public' && request.headers['x-svodka'] === undefined))
      throw new AppError('forbidden', '#csrf');
  }

  #refuseOtherMedia(request: Request, raw: readonly string[] | undefined): void {
    const {
      'content-length': length,
      'transfer-encoding': chunked,
      'content-type': type = '',
    } = request.headers;
    if ((length === undefined || length === '0') && !chunked) return;
    const accepted = raw ?? ['application/json'];
    if (!READS.includes(request.method) && !accepted.includes(type.split(';')[0]?.trim().toLowerCase() ?? ''))
      throw new AppError('unsupported-media', type);
  }
}
