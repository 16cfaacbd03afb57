// Sessions: an opaque token of 256 bits, in a cookie for pages and as a bearer for scripts. The store keeps its hash
// only. Every use checks expiry, and that the user exists, is not disabled and still in the session's epoch, by what the store said within the last
// second (recent-sign-ins.ts); sockets hear of an end through the change stream.
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { cookieOf } from '../platform/http/request.ts';
import { hashOfSecret, newSecret } from '../platform/security/secret.ts';
import { sessionCookieName } from '../platform/security/session-cookie.ts';
import { type Authenticated, RecentSignIns } from './recent-sign-ins.ts';
import { SessionsRepository } from './sessions.repository.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';
import { UsersRepository } from './users.repository.ts';

const HOUR_MS = 3_600_000;
const IDLE_MS = 12 * HOUR_MS;
const LONGEST_MS = 30 * 24 * HOUR_MS;
/** How late the store may hear of a use: a write for each request would be many. */
const SEEN_EVERY_MS = 10 * 60_000;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What a request or a socket handshake offers: its whole Cookie header, or the token of a bearer. */
export type Credentials = { cookie?: string; bearer?: string };

/** Where a session is used from. */
export type Origin = { address: string; device: string | null };

@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly recent: RecentSignIns,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  get cookieName(): string {
    return sessionCookieName(this.config);
  }

  /** @param user as they were when their password was compared: what has changed since ends this session too */
  async start(
    user: UserDoc,
    kind: SessionDoc['kind'],
    { address, device }: Origin,
  ): Promise<{ token: string; session: SessionDoc }> {
    const token = newSecret();
    const now = this.clock.now();
    const session: SessionDoc = {
      _id: newId(now.getTime()),
      userId: user._id,
      tokenHash: hashOfSecret(token),
      kind,
      epoch: user.epoch ?? 0,
      device,
      address,
      createdAt: now,
      seenAt: now,
      expiresAt: new Date(now.getTime() + IDLE_MS),
      endsAt: new Date(now.getTime() + LONGEST_MS),
    };
    await this.sessions.insert(session);
    await this.sessions.endBeyondMost(user._id);
    return { token, session };
  }

  /** @throws AppError `unauthenticated` */
  async authenticate({ cookie, bearer }: Credentials, address?: string): Promise<Authenticated> {
    const token = bearer ?? cookieOf(cookie, this.cookieName);
    if (!token || !TOKEN.test(token)) throw new AppError('unauthenticated', 'no session');
    const hash = hashOfSecret(token);
    const recent = this.recent.get(hash);
    if (recent && recent.session.expiresAt > this.clock.now()) return recent;
    const { age } = this.recent;
    const session = await this.sessions.byTokenHash(hash);
    if (!session) throw new AppError('unauthenticated', 'no session');
    const found = await this.#check(session, address);
    this.recent.remember(hash, found, age);
    return found;
  }

  /** Whether a session that was good before still is; for sockets, before each batch. @throws AppError `unauthenticated` */
  async check(sessionId: Id): Promise<Authenticated> {
    const session = await this.sessions.get(sessionId);
    if (!session) throw new AppError('unauthenticated', 'no session');
    return this.#check(session);
  }

  async #check(session: SessionDoc, address = session.address): Promise<Authenticated> {
    const now = this.clock.now();
    const user = session.expiresAt > now ? await this.users.get(session.userId) : null;
    if (!user || user.disabledAt || (session.epoch ?? 0) < (user.epoch ?? 0))
      throw new AppError('unauthenticated', 'session over');
    if (now.getTime() - session.seenAt.getTime() > SEEN_EVERY_MS) {
      const expiresAt = new Date(Math.min(now.getTime() + IDLE_MS, session.endsAt.getTime()));
      const use = { seenAt: now, expiresAt, ...(address !== undefined && { address }) };
      await this.sessions.edit(session._id, use);
      return { session: { ...session, ...use }, user };
    }
    return { session, user };
  }

  /** Those of a person that are not over, the latest used first. */
  async of({ _id, epoch = 0 }: UserDoc): Promise<SessionDoc[]> {
    const found = await this.sessions.of(_id, this.clock.now());
    return found.filter((session) => (session.epoch ?? 0) >= epoch);
  }

  knowsAddress(userId: Id, address: string): Promise<boolean> {
    return this.sessions.knowsAddress(userId, address, this.clock.now());
  }

  /** @returns whether there was such a session, of that user if named */
  async end(sessionId: Id, userId?: Id): Promise<boolean> {
    const existed = await this.sessions.delete(sessionId, userId);
    this.recent.forget();
    return existed;
  }

  /** Call after the user's epoch has risen: this only tidies up what is over by then. */
  async endAll(userId: Id, except?: Id): Promise<void> {
    await this.sessions.deleteOf(userId, except);
    this.recent.forget();
  }

  /** Takes a session along into an epoch that its user is about to begin. */
  async takeAlong(sessionId: Id, epoch: number): Promise<void> {
    await this.sessions.edit(sessionId, { epoch });
    this.recent.forget();
  }

  /** Value of Set-Cookie. */
  cookieFor(token: string): string {
    return this.#cookie(token, LONGEST_MS / 1000);
  }

  clearedCookie(): string {
    return this.#cookie('', 0);
  }

  #cookie(value: string, maxAge: number): string {
    const secure = this.config.secureCookie ? '; Secure' : '';
    return `${this.cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
  }
}
