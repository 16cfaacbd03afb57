import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { AppError } from '@svodka/shared/contracts/errors';
import { Server, type ServerOptions } from 'socket.io';
import { AppConfig } from '../config/config.ts';
import { toErrorBody } from '../errors/error-body.ts';
import { addressBook, limitKey } from '../http/address.ts';
import { bearerOf, localeOf } from '../http/request.ts';
import { Limiter } from '../limits/limiter.ts';
import { Logger } from '../logger/logger.ts';
import { isAllowedOrigin } from '../security/origins.ts';
import { guardMessages } from './message-guard.ts';
import { guardPackets } from './packet-guard.ts';
import { watchSlowReaders } from './slow-readers.ts';
import type { AppServer, AppSocket, Credentials } from './socket-types.ts';
import { type Connection, hangUp, Sockets } from './sockets.service.ts';
import { WaitingRoom } from './waiting-room.ts';

/** A line that was opened and nobody signs in on, ms. */
const SILENT_MS = 10_000;

const OPTIONS: Partial<ServerOptions> = {
  path: '/socket.io',
  // Polling would need sticky sessions as soon as there are two nodes.
  transports: ['websocket'],
  allowUpgrades: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 64 * 1024,
  connectTimeout: SILENT_MS,
  pingInterval: 20_000,
  pingTimeout: 15_000,
  serveClient: false,
  cookie: false,
};
/** A refused socket has read its refusal by then, ms. */
const REFUSED_MS = 300;
/** Upgrades of one address: an office whose pages all come back at once is well below. */
const UPGRADES = { perSecond: 20, burst: 600 };
/** Open sockets of this node; the process may not run out of files. */
const MOST_SOCKETS = 5_000;

type Refusal = '400 Bad Request' | '403 Forbidden' | '429 Too Many Requests';

/** Turns a request away before it becomes a socket. */
function refuse(request: IncomingMessage, status: Refusal): void {
  // engine.io answers each refused upgrade with 400; the status says more, and it writes only to a writable socket.
  if (request.headers.upgrade)
    request.socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The socket server of the application: who may connect, as whom, and how much. What it carries is the rooms' business. */
export class SocketAdapter extends IoAdapter {
  readonly #admitted = new WeakSet<object>();
  readonly #waiting = new WaitingRoom();
  readonly #upgrades = new Limiter(UPGRADES);
  readonly #addressOf: (request: IncomingMessage) => string;
  #stopWatch: (() => void) | null = null;

  constructor(
    app: NestExpressApplication,
    private readonly config: AppConfig,
    private readonly sockets: Sockets,
    private readonly log: Logger,
  ) {
    super(app);
    this.#addressOf = addressBook(app);
  }

  /** Our own socket.io, not the copy that the framework brings along; the two differ in their types only. */
  override createIOServer(): never {
    const server: AppServer = new Server(this.httpServer, {
      ...OPTIONS,
      allowRequest: (request, decide) => {
        void this.#faultOf(request, server.engine.clientsCount).then((fault) => {
          if (fault) refuse(request, fault);
          decide(fault, !fault);
        });
      },
    });
    server.engine.prependListener('connection', (conn: Connection & { request: IncomingMessage }) => {
      const isAdmitted = () => this.#admitted.has(conn);
      guardPackets(conn, isAdmitted);
      this.#waiting.enter(conn, limitKey(this.#addressOf(conn.request)));
      hangUp(conn, SILENT_MS, isAdmitted);
    });
    server.use((socket, next) => {
      this.#admit(socket).then(
        () => next(),
        (error: unknown) => next(this.#refusal(socket, error)),
      );
    });
    this.sockets.attach(server);
    this.#stopWatch = watchSlowReaders(this.sockets);
    return server as never;
  }

  override async close(server: never): Promise<void> {
    this.#stopWatch?.();
    await super.close(server);
  }

  async #faultOf(request: IncomingMessage, open: number): Promise<Refusal | null> {
    const { origin, host, cookie } = request.headers;
    if (origin !== undefined && !isAllowedOrigin(this.config, origin, host)) return '403 Forbidden';
    if (/[?&](?:token|access_token|session)=/.test(request.url ?? '')) return '400 Bad Request';
    const isRush = !this.#upgrades.take(limitKey(this.#addressOf(request))) || open >= MOST_SOCKETS;
    if (!isRush) return null;
    // Whoever has a session is let through the crowd that others make.
    const bearer = bearerOf(request);
    const isKnown = await this.sockets.knows({ ...(cookie && { cookie }), ...(bearer && { bearer }) });
    return isKnown ? null : '429 Too Many Requests';
  }

  async #admit(socket: AppSocket): Promise<void> {
    await this.sockets.admit(socket, credentialsOf(socket));
    this.#admitted.add(socket.conn);
    this.#waiting.leave(socket.conn as unknown as Connection);
    guardMessages(socket, (error) => ({
      ok: false,
      ...toErrorBody(error, socket.data.user.locale, this.log).body,
    }));
  }

  /** `connect_error` carries the code as its message, and the envelope as its data. */
  #refusal(socket: AppSocket, error: unknown): Error {
    const { code, body } = toErrorBody(
      error,
      localeOf(socket.request as Parameters<typeof localeOf>[0]),
      this.log,
    );
    this.#waiting.leave(socket.conn as unknown as Connection);
    hangUp(socket.conn as unknown as Connection, REFUSED_MS);
    return Object.assign(new Error(code), { data: body });
  }
}

function credentialsOf(socket: AppSocket): Credentials {
  const { token } = socket.handshake.auth as { token?: unknown };
  if (token !== undefined && (typeof token !== 'string' || token.length > 500)) {
    throw new AppError('unauthenticated', 'token');
  }
  if (token !== undefined) return { bearer: token };
  const bearer = bearerOf(socket.request);
  if (bearer !== undefined) return { bearer };
  const { cookie } = socket.handshake.headers;
  return cookie === undefined ? {} : { cookie };
}

/** Gives the application its socket server. Call before `listen`. */
export function useSockets(app: NestExpressApplication): void {
  const adapter = new SocketAdapter(
    app,
    app.get(AppConfig),
    app.get(Sockets),
    app.get(Logger).child({ room: 'sockets' }),
  );
  app.useWebSocketAdapter(adapter);
}
