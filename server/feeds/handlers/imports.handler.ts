import { Injectable, type OnModuleInit } from '@nestjs/common';
import { may } from '@svodka/shared/rules/permissions';
import { Sockets } from '../../platform/sockets/sockets.service.ts';
import { toBatch } from '../../sources/import.repository.ts';
import type { ImportDoc } from '../../sources/import.schema.ts';
import type { Change, ChangeHandler } from '../change.ts';
import { PublisherService } from '../publisher.service.ts';

/** Shows the progress of an import to whoever may import. */
@Injectable()
export class ImportsHandler implements ChangeHandler, OnModuleInit {
  readonly collections = ['imports'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly publisher: PublisherService,
  ) {}

  onModuleInit(): void {
    this.publisher.register(this);
  }

  async tell({ after }: Change): Promise<void> {
    if (!after) return;
    const batch = toBatch(after as ImportDoc);
    for (const socket of this.sockets.all()) {
      if (may(socket.data.user, 'events.import')) socket.emit('import.changed', batch);
    }
  }
}
