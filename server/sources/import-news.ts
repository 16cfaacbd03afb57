import { Injectable, type OnModuleInit } from '@nestjs/common';
import { may } from '@svodka/shared/rules/permissions';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { toBatch } from './import.repository.ts';
import type { ImportDoc } from './import.schema.ts';

/** Shows the progress of an import to whoever may import. */
@Injectable()
export class ImportNews implements ChangeListener, OnModuleInit {
  readonly collections = ['imports'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ after }: Change): Promise<void> {
    if (!after) return;
    const batch = toBatch(after as ImportDoc);
    for (const socket of this.sockets.all()) {
      if (may(socket.data.user, 'events.import')) socket.emit('import.changed', batch);
    }
  }
}
