import type { IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { AppError } from '@svodka/shared/contracts/errors';
import { Server, type ServerOptions } from 'socket.io';
import { AppConfig } from '../config/config.ts';
import { toErrorBody } from '../errors/error-body.ts';
import { localeOf } from '../http/request.ts';
import { Logger } from '../logger/logger.ts';
import { isAllowedOrigin } from '../security/origins.ts';
import { guardMessages } from './message-guard.ts';
import { watchSlowReaders } from './slow-readers.ts';
import type { AppServer, AppSocket, Credentials } from './socket-types.ts';
import { type Connection, hangUp, Sockets } from './sockets.service.ts';
import { TokenBucket } from './token-bucket.ts';

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
/** Failed sign-ins of one address: on average one in two seconds. */
const FAILURES = { perSecond: 0.5, burst: 30 };
const MAX_ADDRESSES = 10_000;

/** Turns a request away before it becomes a socket. */
function refuse(
  request: IncomingMessage,
  status: '400 Bad Request' | '403 Forbidden' | '429 Too Many Requests',
): void {
  // engine.io answers each refused upgrade with 400; the status says more, and it writes only to a writable socket.
  if (request.headers.upgrade)
    request.socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The socket server of the application: who may connect, as whom, and how much. What it carries is the rooms' business. */
export class SocketAdapter extends IoAdapter {
  readonly #admitted = new WeakSet<object>();
  readonly #failures = new Map<string, TokenBucket>();
  #stopWatch: (() => void) | null = null;

  constructor(
    app: INestApplication,
    private readonly config: AppConfig,
    private readonly sockets: Sockets,
    private readonly log: Logger,
  ) {
    super(app);
  }

  /** Our own socket.io, not the copy that the framework brings along; the two differ in their types only. */
  override createIOServer(): never {
    const server: AppServer = new Server(this.httpServer, {
      ...OPTIONS,
      allowRequest: (request, decide) => {
        const fault = this.#faultOf(request);
        if (fault) refuse(request, fault);
        decide(fault, !fault);
      },
    });
    server.engine.on('connection', (conn: Connection) =>
      hangUp(conn, SILENT_MS, () => this.#admitted.has(conn)),
    );
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

  #faultOf(request: IncomingMessage): Parameters<typeof refuse>[1] | null {
    const { origin, host } = request.headers;
    if (origin !== undefined && !isAllowedOrigin(this.config, origin, host)) return '403 Forbidden';
    if (/[?&](?:token|access_token|session)=/.test(request.url ?? '')) return '400 Bad Request';
    const failures = this.#failures.get(addressOf(request));
    if (failures && !failures.has()) return '429 Too Many Requests';
    return null;
  }

  async #admit(socket: AppSocket): Promise<void> {
    await this.sockets.admit(socket, credentialsOf(socket));
    this.#admitted.add(socket.conn);
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
    if (code === 'unauthenticated') this.#countFailure(addressOf(socket.request));
    hangUp(socket.conn as unknown as Connection, REFUSED_MS);
    return Object.assign(new Error(code), { data: body });
  }

  #countFailure(address: string): void {
    if (this.#failures.size > MAX_ADDRESSES) this.#failures.clear();
    let bucket = this.#failures.get(address);
    if (!bucket) {
      bucket = new TokenBucket(FAILURES.perSecond, FAILURES.burst);
      this.#failures.set(address, bucket);
    }
    bucket.take();
  }
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

function credentialsOf(socket: AppSocket): Credentials {
  const { token } = socket.handshake.auth as { token?: unknown };
  if (token !== undefined && (typeof token !== 'string' || token.length > 500)) {
    throw new AppError('unauthenticated', 'token');
  }
  if (token !== undefined) return { bearer: token };
  const { cookie } = socket.handshake.headers;
  return cookie === undefined ? {} : { cookie };
}

/** Gives the application its socket server. Call before `listen`. */
export function useSockets(app: INestApplication): void {
  const adapter = new SocketAdapter(
    app,
    app.get(AppConfig),
    app.get(Sockets),
    app.get(Logger).child({ room: 'sockets' }),
  );
  app.useWebSocketAdapter(adapter);
}
