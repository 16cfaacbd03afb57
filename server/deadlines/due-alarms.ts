import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventDoc } from '../events/event.schema.ts';
import type { Change, ChangeHandler } from '../feeds/change.ts';
import { PublisherService } from '../feeds/publisher.service.ts';
import { AlarmClock } from '../platform/agenda/alarm-clock.service.ts';
import { Clock } from '../platform/clock.ts';
import { DUE_ALARM } from './sweep.service.ts';

const MINUTE = 60_000;
const REMEMBERED = 10_000;

/**
 * Sets an alarm for the minute in which an event's due state changes next. It hears of deadlines from the change log,
 * so no service has to call it, and a deadline written by another process rings too. An alarm too many only
 * wakes a sweep that finds nothing; one too few is made up for by the sweep of the minute.
 */
@Injectable()
export class DueAlarms implements ChangeHandler, OnModuleInit {
  readonly collections = ['events'] as const;
  /** Minutes that have their alarm, so that an import does not ask for each of its thousands. */
  readonly #set = new Set<number>();

  constructor(
    private readonly publisher: PublisherService,
    private readonly alarms: AlarmClock,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.publisher.register(this);
  }

  async tell({ before, after }: Change): Promise<void> {
    const next = (after as EventDoc | null)?.nextDueChangeAt;
    if (!next || (before as EventDoc | null)?.nextDueChangeAt?.getTime() === next.getTime()) return;
    if (next <= this.clock.now()) return;
    const minute = Math.floor(next.getTime() / MINUTE);
    if (this.#set.has(minute)) return;
    if (this.#set.size >= REMEMBERED) this.#set.clear();
    this.#set.add(minute);
    const at = new Date(minute * MINUTE);
    await this.alarms.wakeAt(DUE_ALARM, at, at.toISOString());
  }
}
