// What an event takes from its order and counterparties may have changed between the look at them and the write, and
// the rewriting of their events may have passed by before. To look once more after each write would cost every write.
// Instead the log answers: when it tells of the event, it has told of every change of the order before it; one that
// comes after it finds the event there when it is rewritten. So only what has changed in between is read.
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Logger } from '../platform/logger/logger.ts';
import type { EventDoc } from './event.schema.ts';
import { EventContext, outdated } from './event-context.service.ts';
import type { Surroundings } from './event-terms.ts';
import { EventsRepository } from './events.repository.ts';

/** Looks that lose to other writes look again so often. */
const TRIES = 8;

/** A write under way; end it with one of the two. */
export type Unsettled = {
  /** It was written. @returns the event as it stands then */
  written(event: EventDoc): Promise<EventDoc>;
  /** It was not. */
  failed(): void;
};

@Injectable()
export class Settling implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['events'] as const;
  /** By event and the version that was written: with what. */
  readonly #open = new Map<string, { id: Id; around: Surroundings }>();
  readonly #looks = new Set<Promise<unknown>>();
  readonly #log: Logger;

  constructor(
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly bus: ChangeBus,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'events' });
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  async onModuleDestroy(): Promise<void> {
    await this.anew();
    await Promise.all(this.#looks);
  }

  /**
   * Call before the write: the log may tell of it before the store has answered.
   * @param around what the event is written with
   */
  begin(id: Id, version: number, around: Surroundings): Unsettled {
    const key = `${id} ${version}`;
    if (around.project || around.counterparties.length > 0) this.#open.set(key, { id, around });
    return {
      failed: () => {
        this.#open.delete(key);
      },
      written: async (event) => {
        if (this.bus.isFresh && this.context.isKnown(around)) return event;
        this.#open.delete(key);
        return (await this.#look(id)) ?? event;
      },
    };
  }

  see({ id, after }: Change): void {
    const key = `${id} ${(after as EventDoc | null)?.version}`;
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    if (!this.context.isKnown(open.around)) this.#lookLater(id);
  }

  /** What was lost may have told of these, and of their orders. */
  async anew(): Promise<void> {
    for (const { id } of this.#open.values()) this.#lookLater(id);
    this.#open.clear();
  }

  #lookLater(id: Id): void {
    const look = this.#look(id)
      .catch((err) => this.#log.warn('an event could not be compared with its order', { err, id }))
      .finally(() => this.#looks.delete(look));
    this.#looks.add(look);
  }

  /** @returns the event as it stands now; null: it is gone */
  async #look(id: Id): Promise<EventDoc | null> {
    for (let attempt = 0; ; attempt++) {
      const event = await this.events.get(id);
      const changes = event && outdated(event, await this.context.asItIs(event));
      if (!changes || attempt === TRIES) return event;
      if (await this.events.amend(id, event.version, changes))
        return { ...event, ...changes, version: event.version + 1 };
    }
  }
}
