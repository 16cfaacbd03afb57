import { Injectable, type OnModuleInit } from '@nestjs/common';
import { namesAny } from '@svodka/shared/filter/edit';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { StandIns } from '../counterparties/stand-ins.ts';
import { TakenNews } from '../entries/taken-news.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { Rooms } from './rooms.service.ts';

/**
 * Lets feeds start over when what was asked is another feed from now on: a person has other rights or other days, or a
 * counterparty that is asked for stands for another one.
 */
@Injectable()
export class RightsNews implements ChangeListener, OnModuleInit {
  readonly collections = ['users'] as const;

  constructor(
    private readonly rooms: Rooms,
    private readonly sockets: Sockets,
    private readonly taken: TakenNews,
    private readonly standIns: StandIns,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
    this.taken.onTaken((userId) => this.#startOver(userId));
    this.standIns.onTurned((ids) =>
      this.rooms.startOverOf((filter) => namesAny(filter, 'counterparty', ids)),
    );
  }

  see({ id, before, after }: Change): void {
    if (after && (before as UserDoc | null)?.tz !== (after as UserDoc).tz) this.#startOver(id);
  }

  #startOver(userId: string): void {
    for (const socket of this.sockets.ofUser(userId)) this.rooms.startOver(socket);
  }
}
