import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { CounterpartyDoc, ProjectDoc } from '../../directory/directory.schema.ts';
import { Withheld } from '../../directory/withheld.ts';
import { Sockets } from '../../platform/sockets/sockets.service.ts';
import type { Change, ChangeHandler } from '../change.ts';
import { DiscussionsService } from '../discussions.service.ts';
import { PublisherService } from '../publisher.service.ts';
import { Rooms } from '../rooms.service.ts';

/**
 * Takes what was taken from somebody off their open pages, before any frame of a later commit (F14). Their scope is
 * another one from now on, so their feeds start over under it; once the events are rewritten it is the usual one again.
 */
@Injectable()
export class TakenHandler implements ChangeHandler, OnModuleInit {
  readonly collections = ['projects', 'counterparties'] as const;

  constructor(
    private readonly withheld: Withheld,
    private readonly sockets: Sockets,
    private readonly rooms: Rooms,
    private readonly discussions: DiscussionsService,
    private readonly publisher: PublisherService,
  ) {}

  onModuleInit(): void {
    this.publisher.register(this);
  }

  see({ collection, id, before, after }: Change): void {
    const [was, is] = [before, after] as ((ProjectDoc | CounterpartyDoc) | null)[];
    const kind = collection as 'projects' | 'counterparties';
    this.withheld.note(kind, is ?? { _id: id, version: Number.MAX_SAFE_INTEGER });
    const [then, now] = [new Set(was?.taken), new Set(is?.taken)];
    for (const userId of new Set([...then, ...now])) {
      if (then.has(userId) === now.has(userId)) continue;
      for (const socket of this.sockets.ofUser(userId)) {
        this.rooms.startOver(socket);
        this.discussions.recheck(socket);
      }
    }
  }

  /** What the lost part of the log said is read from the entries. */
  anew(): Promise<void> {
    return this.withheld.load();
  }
}
