import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { RecentSignIns } from './recent-sign-ins.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';

/** Ends sockets when what they were let in by ends (F14 of the feeds). It runs before any frame of the same batch is sent. */
@Injectable()
export class AccountNews implements ChangeListener, OnModuleInit {
  readonly collections = ['sessions', 'users'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
    private readonly recent: RecentSignIns,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  see(change: Change): void {
    if (change.kind !== 'insert') this.recent.forgetOf(change.id);
    if (change.collection === 'sessions') this.#session(change as Change<SessionDoc>);
    else this.#user(change as Change<UserDoc>);
  }

  doubt(): void {
    this.recent.forget();
  }

  /** Ends may have been in what was lost. */
  anew(): Promise<void> {
    return this.sockets.recheck();
  }

  #session({ id, kind, after }: Change<SessionDoc>): void {
    if (kind === 'insert') return;
    if (after) {
      this.sockets.renew(id, after.expiresAt, after.epoch ?? 0);
      this.sockets.cutExpired();
    } else this.sockets.cutSession(id);
  }

  #user({ id, kind, after }: Change<UserDoc>): void {
    if (kind === 'insert') return;
    if (!after || after.disabledAt) {
      this.sockets.cutUser(id);
      return;
    }
    const mine = this.sockets.ofUser(id);
    const isOver = ({ data: { user, epoch } }: AppSocket) =>
      epoch < (after.epoch ?? 0) ||
      user.departmentId !== after.departmentId ||
      [...user.roles].sort().join() !== [...after.roles].sort().join();
    // Those too that are signing in with what was read before.
    this.sockets.cutUser(id, isOver);
    for (const socket of mine.filter((each) => !isOver(each))) {
      Object.assign(socket.data.user, { locale: after.locale, tz: after.tz });
    }
  }
}
