import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { type AppSocket, SocketSignIn } from '../platform/sockets/socket-types.ts';

const EVERY_MS = 5 * 60_000;
/** Somebody who has not touched anything for so long is not using the session. */
const IDLE_MS = 5 * 60_000;

/** A session lives on while somebody works with a page, even if all they do is watch it change. */
@Injectable()
export class SessionTouch {
  readonly #touchedAt = new WeakMap<AppSocket, number>();

  constructor(
    private readonly signIn: SocketSignIn,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `unauthenticated` */
  async used(socket: AppSocket, { visible, idleMs }: { visible: boolean; idleMs: number }): Promise<void> {
    const now = this.clock.now().getTime();
    if (!visible || idleMs > IDLE_MS) return;
    const touchedAt = this.#touchedAt.get(socket);
    if (touchedAt !== undefined && now - touchedAt < EVERY_MS) return;
    this.#touchedAt.set(socket, now);
    await this.signIn.check(socket.data.sessionId);
  }
}
