import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { TakenNews } from '../entries/taken-news.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { Rooms } from './rooms.service.ts';

/** Lets a person's feeds start over when what they asked is another feed from now on: other rights, or other days. */
@Injectable()
export class RightsNews implements ChangeListener, OnModuleInit {
  readonly collections = ['users'] as const;

  constructor(
    private readonly rooms: Rooms,
    private readonly sockets: Sockets,
    private readonly taken: TakenNews,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
    this.taken.onTaken((userId) => this.#startOver(userId));
  }

  see({ id, before, after }: Change): void {
    if (after && (before as UserDoc | null)?.tz !== (after as UserDoc).tz) this.#startOver(id);
  }

  #startOver(userId: string): void {
    for (const socket of this.sockets.ofUser(userId)) this.rooms.startOver(socket);
  }
}
