import { Injectable } from '@nestjs/common';
import { type Credentials, type SignedIn, SocketSignIn } from '../platform/sockets/socket-types.ts';
import { actorOf } from './actor.ts';
import type { Authenticated } from './recent-sign-ins.ts';
import { SessionsService } from './sessions.service.ts';

/** Lets sockets in by the same session as REST. */
@Injectable()
export class SessionSignIn extends SocketSignIn {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  async authenticate(credentials: Credentials): Promise<SignedIn> {
    return signedIn(await this.sessions.authenticate(credentials));
  }

  async check(sessionId: string): Promise<SignedIn> {
    return signedIn(await this.sessions.check(sessionId));
  }
}

function signedIn({ session, user }: Authenticated): SignedIn {
  const { locale, tz } = user;
  const { _id: sessionId, expiresAt, epoch = 0 } = session;
  return { sessionId, expiresAt, epoch, user: { ...actorOf(user), locale, tz } };
}
