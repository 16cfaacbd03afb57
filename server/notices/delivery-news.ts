import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { may } from '@svodka/shared/rules/permissions';
import type { ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';

/** A letter on its way is written several times, and letters come in storms: told at most so often, ms. */
const GATHER_MS = 400;

/** Tells pages of those who may read the mail that something of it has changed; which letters, they ask. */
@Injectable()
export class DeliveryNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['deliveries'] as const;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  onModuleDestroy(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  see(): void {
    if (this.sockets.hasNobody) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      for (const socket of this.sockets.all())
        if (may(socket.data.user, 'mail.read')) socket.emit('mail.changed', {});
    }, GATHER_MS);
  }
}
