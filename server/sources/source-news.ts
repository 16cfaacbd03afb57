import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import { may } from '@svodka/shared/rules/permissions';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import type { SourceDoc } from './source.schema.ts';
import { stateOf } from './sources.service.ts';

/** Says to every page which modules there are and which is silent, and to whoever may read of it that a source has news. */
@Injectable()
export class SourceNews implements ChangeListener, OnModuleInit {
  readonly collections = ['sources', 'source_days', 'source_errors', 'module_tokens'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ collection, after, before, id }: Change): Promise<void> {
    const doc = (after ?? before) as { module?: ConnectedModule } | null;
    const module = collection === 'sources' ? (id as ConnectedModule) : doc?.module;
    if (!module) return;
    for (const socket of this.sockets.all()) {
      if (collection === 'sources' && after) socket.emit('module.changed', stateOf(after as SourceDoc));
      if (may(socket.data.user, 'sources.read')) socket.emit('source.changed', { module });
    }
  }
}
