import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Connection } from 'mongoose';
import type { AppConfig } from '../config/config.ts';
import { inContext, nobodyAt } from '../context/request-context.ts';
import { refused } from '../errors/contract-error.ts';
import type { Logger } from '../logger/logger.ts';
import { plainAddress } from './address.ts';
import { drain } from './json-body.ts';
import type { Request, Response } from './request.ts';
import { isApi } from './routes.ts';
import { PERMISSIONS_POLICY, securityHeaders } from './security-headers.ts';
import { staticClient } from './static-client.ts';
import { storePatience } from './store-patience.ts';

type Next = (error?: unknown) => void;
/** Pages that are made here, for people without the dashboard; behind `under` comes what nobody else may read. */
type Pages = {
  under: string;
  methods: readonly string[];
  handle: (request: Request, response: Response) => Promise<void>;
};

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
const SECRETS = ['token', 'access_token', 'session', 'password'];

/** Everything that happens to a request before it reaches a handler, in order, save for the guard. */
export function prepareApp(
  app: NestExpressApplication,
  {
    config,
    logger,
    connection,
    clientDir,
    pages,
  }: {
    config: AppConfig;
    logger: Logger;
    connection: Connection;
    clientDir?: string;
    pages: readonly Pages[];
  },
): void {
  const log = logger.child({ room: 'http' });
  const pageOf = ({ path }: Request) => pages.find(({ under }) => path.toLowerCase().startsWith(`${under}/`));
  app.set('trust proxy', config.trustProxy === 0 ? false : config.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use((req: Request, res: Response, next: Next) => {
    const started = performance.now();
    const { method } = req;
    // The query may hold what people searched for, the address of a page its token.
    const path = pageOf(req)?.under ?? req.path;
    res.on('finish', () => {
      drain(req);
      log.debug('answered', {
        method,
        path,
        status: res.statusCode,
        ms: Math.round(performance.now() - started),
      });
    });
    res.setHeader('Permissions-Policy', PERMISSIONS_POLICY);
    if (isApi(path)) res.setHeader('Cache-Control', 'no-store');
    req.context = nobodyAt(plainAddress(req.ip) ?? null);
    next();
  });
  app.use('/api', storePatience(connection, log));
  app.use(securityHeaders(config));
  app.use((req: Request, res: Response, next: Next) => {
    const secret = SECRETS.find((name) => name in req.query);
    if (secret) return next(refused(secret, 'token-in-url'));
    const methods = pageOf(req)?.methods ?? METHODS;
    if (methods.includes(req.method)) return next();
    res.setHeader('Allow', methods.join(', '));
    next(new AppError('method', req.method));
  });
  app.use((error: unknown, _req: Request, _res: Response, next: Next) =>
    next(error instanceof URIError ? refused('', 'encoding') : error),
  );
  for (const { under, handle } of pages)
    app.use(under, (req: Request, res: Response) => {
      const isRead = req.method === 'GET' || req.method === 'HEAD';
      return isRead || !req.context ? handle(req, res) : inContext(req.context, () => handle(req, res));
    });
  const client = clientDir ? staticClient(clientDir) : null;
  if (client) app.use(client);
  // In our words, and not in the framework's, which repeat the address.
  app.use(({ path, method }: Request, _res: Response, next: Next) => {
    const isPage = !isApi(path) && (method === 'GET' || method === 'HEAD');
    next(isPage ? new AppError('not-found', 'no such page') : undefined);
  });
}
