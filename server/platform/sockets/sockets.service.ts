import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError, type CutReason } from '@svodka/shared/contracts/errors';
import { Clock } from '../clock.ts';
import {
  type AppServer,
  type AppSocket,
  type Credentials,
  type SignedIn,
  SocketSignIn,
} from './socket-types.ts';

/** How long a cut socket may take to read why, ms; promise P12 gives a second in all. */
const FAREWELL_MS = 600;
const SOCKETS_PER_USER = 10;

/**
 * All sockets of this node. Order of a life: `admit` (checked before anything else of the socket runs), `cut`.
 * A cut leaves every room at once, so that nothing that happens later reaches it while it says good-bye.
 */
@Injectable()
export class Sockets implements OnModuleDestroy {
  #server: AppServer | null = null;
  /** Sign-ins under way, each with the sessions and users that changed since it began. */
  readonly #signingIn = new Set<Set<string>>();
  /** How many connections each user holds. */
  readonly #places = new Map<string, number>();
  #nextExpiry = Number.POSITIVE_INFINITY;
  #closing = false;

  constructor(
    private readonly clock: Clock,
    private readonly signIn: SocketSignIn,
  ) {}

  attach(server: AppServer): void {
    this.#server = server;
  }

  get server(): AppServer {
    if (!this.#server) throw new AppError('unavailable', 'no socket server yet');
    return this.#server;
  }

  /** A program without sockets, such as the demo, and one that is about to have them, have nobody to tell. */
  get hasNobody(): boolean {
    return this.#server === null || this.#server.sockets.sockets.size === 0;
  }

  all(): AppSocket[] {
    return this.#server ? [...this.#server.sockets.sockets.values()] : [];
  }

  ofUser(userId: string): AppSocket[] {
    return this.all().filter((socket) => socket.data.user.id === userId);
  }

  /**
   * Signs a socket in. A session that ends while it is being looked up is looked up again: its end was told to the
   * sockets there were, and this one was not among them yet.
   * @throws AppError `unauthenticated`, `rate-limited` (too many sockets of one user), `unavailable` (closing)
   */
  async admit(socket: AppSocket, credentials: Credentials): Promise<void> {
    const changed = new Set<string>();
    this.#signingIn.add(changed);
    try {
      let found: SignedIn;
      do {
        changed.clear();
        found = await this.signIn.authenticate(credentials);
      } while (changed.has(found.sessionId) || changed.has(found.user.id));
      if (this.#closing) throw new AppError('unavailable', 'shutting down');
      this.#takePlace(found.user.id, socket.conn as unknown as Connection);
      Object.assign(socket.data, found);
      this.#nextExpiry = Math.min(this.#nextExpiry, found.expiresAt.getTime());
    } finally {
      this.#signingIn.delete(changed);
    }
  }

  /** Whether credentials would be let in now. */
  async knows(credentials: Credentials): Promise<boolean> {
    return this.signIn.authenticate(credentials).then(
      () => true,
      () => false,
    );
  }

  /** Ends the sockets of a session. */
  cutSession(sessionId: string): void {
    for (const changed of this.#signingIn) changed.add(sessionId);
    for (const socket of this.all()) if (socket.data.sessionId === sessionId) this.cut(socket, 'revoked');
  }

  /** Ends the sockets of a user, or those of them that are `over`; whoever is signing in is looked up again. */
  cutUser(userId: string, isOver: (socket: AppSocket) => boolean = () => true): void {
    for (const changed of this.#signingIn) changed.add(userId);
    for (const socket of this.ofUser(userId)) if (isOver(socket)) this.cut(socket, 'revoked');
  }

  /** A session lives longer or shorter than it did, or was taken along into a later epoch of its user. */
  renew(sessionId: string, expiresAt: Date, epoch: number): void {
    for (const socket of this.all()) {
      if (socket.data.sessionId === sessionId) Object.assign(socket.data, { expiresAt, epoch });
    }
    this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt.getTime());
  }

  /** Ends the sockets whose session is over by the clock. Cheap when none is: call it before every batch. */
  cutExpired(): void {
    const now = this.clock.now().getTime();
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const socket of this.all()) {
      const expiry = socket.data.expiresAt.getTime();
      if (expiry <= now) this.cut(socket, 'revoked');
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiry);
    }
  }

  /** Looks every socket's session up again: for when ends of sessions may have gone unheard. */
  async recheck(): Promise<void> {
    await Promise.all(
      this.all().map(async (socket) => {
        const { sessionId, user } = socket.data;
        try {
          const found = await this.signIn.check(sessionId);
          const same =
            found.user.departmentId === user.departmentId &&
            [...found.user.roles].sort().join() === [...user.roles].sort().join();
          if (!same) this.cut(socket, 'reload');
        } catch (error) {
          this.cut(
            socket,
            error instanceof AppError && error.code === 'unauthenticated' ? 'revoked' : 'reload',
          );
        }
      }),
    );
  }

  /** Says why and closes; whoever does not read it in time is closed all the same. */
  cut(socket: AppSocket, reason: CutReason): void {
    for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room);
    const conn = socket.conn as unknown as Connection;
    // What a slow reader has not read is what it is cut for: it will resume, and the memory is wanted back now.
    if (reason === 'slow') conn.writeBuffer = [];
    socket.emit('session.ended', { reason });
    socket.disconnect(true);
    hangUp(conn, FAREWELL_MS);
  }

  /** Taken before the socket is among `all`, so that many that come at once are counted too. */
  #takePlace(userId: string, conn: Connection): void {
    const taken = this.#places.get(userId) ?? 0;
    if (taken >= SOCKETS_PER_USER)
      throw new AppError('rate-limited', 'too many sockets', [], { retryAfter: 10 });
    if (conn.readyState !== 'open') throw new AppError('unauthenticated', 'gone');
    this.#places.set(userId, taken + 1);
    conn.once('close', () => {
      const left = (this.#places.get(userId) ?? 1) - 1;
      if (left > 0) this.#places.set(userId, left);
      else this.#places.delete(userId);
    });
  }

  onModuleDestroy(): void {
    this.#closing = true;
    for (const socket of this.all()) this.cut(socket, 'reload');
  }
}

/** What we use of a connection of engine.io; some of it it keeps to itself. */
export type Connection = {
  readyState: string;
  writeBuffer: { data?: unknown; options?: object }[];
  transport: { socket?: Line };
  on(event: 'packet', listener: (packet: { type: string; data?: unknown }) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  removeAllListeners(event: 'data'): unknown;
};

type Line = { bufferedAmount: number; terminate(): void; once(event: 'close', listener: () => void): void };

/**
 * Ends the line under a connection after a while unless it has ended by then, or `isWanted`. A connection that says
 * good-bye is closed for engine.io, while the line waits half a minute for the other end to agree.
 */
export function hangUp(conn: Connection, afterMs: number, isWanted: () => boolean = () => false): void {
  const line = conn.transport.socket;
  if (!line) return;
  const timer = setTimeout(() => {
    if (!isWanted()) line.terminate();
  }, afterMs);
  timer.unref();
  line.once('close', () => clearTimeout(timer));
}
