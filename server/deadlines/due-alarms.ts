import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { AlarmClock } from '../platform/agenda/alarm-clock.service.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { DeadlineSweep, DUE_ALARM } from './sweep.service.ts';

const MINUTE = 60_000;
const REMEMBERED = 10_000;

/**
 * Sets an alarm for the minute in which an event's due state changes next. It hears of deadlines from the change log,
 * so no service has to call it, and a deadline written by another process rings too. An alarm too many only
 * wakes a sweep that finds nothing; one too few is made up for by the sweep of the minute.
 */
@Injectable()
export class DueAlarms implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['events'] as const;
  readonly #log: Logger;
  #setting: Promise<void> = Promise.resolve();
  /** Minutes that have their alarm, so that an import does not ask for each of its thousands. */
  readonly #minutes = new Set<number>();

  constructor(
    private readonly bus: ChangeBus,
    private readonly alarms: AlarmClock,
    private readonly sweep: DeadlineSweep,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'deadlines' });
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  /** Does not keep the push of the change waiting: the alarms are set behind it. */
  see({ before, after }: Change): void {
    const next = (after as EventDoc | null)?.nextDueChangeAt;
    if (!next || (before as EventDoc | null)?.nextDueChangeAt?.getTime() === next.getTime()) return;
    this.sweep.expect(next);
    const minute = Math.floor(next.getTime() / MINUTE);
    if (next <= this.clock.now() || this.#minutes.has(minute)) return;
    if (this.#minutes.size >= REMEMBERED) this.#minutes.clear();
    this.#minutes.add(minute);
    const at = new Date(minute * MINUTE);
    this.#setting = this.#setting
      .then(() => this.alarms.wakeAt(DUE_ALARM, at, at.toISOString()))
      .catch((err) => {
        this.#minutes.delete(minute);
        this.#log.warn('an alarm could not be set; the sweep of the minute will do', { err });
      });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#setting;
  }
}
