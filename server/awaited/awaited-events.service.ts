import { Injectable } from '@nestjs/common';
import type { Change } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Watch } from '../changes/watch.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { timedFields } from '../events/event-fields.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { EventsInTime } from '../events/events-in-time.repository.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';

const EVERY_MS = 60_000;

/**
 * What was put off until an event of a type comes to its order is open again when it has come. It follows from the
 * stored events alone, like the closing of awaited calls; one that comes back by the clock is the sweep's.
 */
@Injectable()
export class AwaitedEvents extends Watch {
  readonly collections = ['events'] as const;
  /** What is waited for, as the last pass found it: every other event of a busy day wakes nothing. */
  #awaited: ReadonlySet<string> = new Set();

  constructor(
    private readonly events: EventsRepository,
    private readonly inTime: EventsInTime,
    bus: ChangeBus,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'awaited' });
    super(bus, EVERY_MS, (err) => log.warn('what was put off could not be looked at, and will be', { err }));
  }

  /** Does not keep the push of the change waiting. */
  see({ after }: Change): void {
    const doc = after as EventDoc | null;
    if (!doc) return;
    if (doc.snooze?.type || this.#awaited.has(keyOf(doc.projectId, doc.type))) this.soon();
  }

  protected async look(): Promise<void> {
    const awaited = new Set<string>();
    for await (const page of this.inTime.awaitingEvents()) {
      for (const event of page) {
        if (this.isStopped) return;
        awaited.add(keyOf(event.projectId, event.snooze?.type ?? ''));
        await this.#lookAt(event);
      }
    }
    this.#awaited = awaited;
  }

  async #lookAt(event: EventDoc): Promise<void> {
    const { projectId, snooze } = event;
    if (!snooze?.type) return;
    // Without its order it would wait for ever, unless it has a time to come back at.
    const isOver = projectId
      ? await this.inTime.hasSince(projectId, snooze.type, snooze.at)
      : snooze.until === null;
    if (!isOver) return;
    const open = { ...event, status: 'open' as const };
    const changes = { status: open.status, ...timedFields(open, this.clock.now()) };
    await this.events.amend(event._id, event.version, changes);
  }
}

const keyOf = (projectId: string | null, type: string): string => `${projectId} ${type}`;
