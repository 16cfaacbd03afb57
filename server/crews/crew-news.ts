import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { type CrewDoc, toCrew } from './crew.schema.ts';

/** Tells everybody what becomes of a crew: its name stands beside events, its days in calendars (CR3). */
@Injectable()
export class CrewNews implements ChangeListener, OnModuleInit {
  readonly collections = ['crews'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ after }: Change): Promise<void> {
    if (!after || this.sockets.hasNobody) return;
    this.sockets.server.emit('crew.changed', toCrew(after as CrewDoc));
  }
}
