import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { may } from '@svodka/shared/rules/permissions';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { RULES } from './rules/rule.schema.ts';

/** A letter on its way is written several times, and letters come in storms: told at most so often, ms. */
const GATHER_MS = 400;

/** Tells pages that something of the mail or the rules has changed, of the mail those who read it; what, they ask. */
@Injectable()
export class DeliveryNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['deliveries', RULES] as const;
  #timer: NodeJS.Timeout | null = null;
  readonly #changed = new Set<string>();

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

  see({ collection }: Change): void {
    if (this.sockets.hasNobody) return;
    this.#changed.add(collection);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const [isMail, isRules] = [this.#changed.has('deliveries'), this.#changed.has(RULES)];
      this.#changed.clear();
      for (const socket of this.sockets.all()) {
        if (isRules) socket.emit('rules.changed', {});
        if (isMail && may(socket.data.user, 'mail.read')) socket.emit('mail.changed', {});
      }
    }, GATHER_MS);
  }
}
