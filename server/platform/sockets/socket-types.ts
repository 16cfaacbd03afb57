import type { Locale } from '@svodka/shared/contracts/common';
import type { ClientToServer, ServerToClient } from '@svodka/shared/feed/socket';
import type { Actor } from '@svodka/shared/rules/permissions';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** What a page or a script signs in with: the cookie header of the upgrade, or a bearer (its header, or `auth: { token }`). */
export type Credentials = { cookie?: string; bearer?: string };

/** Who is at the other end. Taken once, at sign-in; a socket is cut when any of it changes. */
export type SignedIn = {
  sessionId: string;
  expiresAt: Date;
  /** Of the user when the session began; a session of an earlier epoch than the user's is over. */
  epoch: number;
  user: Actor & { locale: Locale; tz: string };
};

export type SocketData = SignedIn;
export type AppServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type AppSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** Finds the session behind credentials; a room that knows sessions implements it. */
export abstract class SocketSignIn {
  /** @throws AppError `unauthenticated` */
  abstract authenticate(credentials: Credentials): Promise<SignedIn>;

  /** Whether a session that was good before still is. @throws AppError `unauthenticated` */
  abstract check(sessionId: string): Promise<SignedIn>;
}
