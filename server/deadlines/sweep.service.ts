import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { timedFields } from '../events/event-fields.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { EventsInTime, type TimedDoc } from '../events/events-in-time.repository.ts';
import { AlarmClock } from '../platform/agenda/alarm-clock.service.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { WorkingDaysService } from '../working-days/working-days.service.ts';

/** Name of the alarm that wakes the sweep. */
export const DUE_ALARM = 'deadlines.due';
const EVERY_MS = 60_000;
/** A pass that failed, because the store is away, is repeated so soon. */
const RETRY_MS = 500;
/** So many are read at once, and written in batches, several of which are on their way: none waits for the disk alone. */
const PAGE = 2_000;
const BATCH = 200;
const LANES = 4;
/** No holidays are longer. */
const MISSED_MS = 21 * 86_400_000;
const MISSED_MOST = 5_000;

/**
 * Writes what time has changed, due states, claims that have lapsed and what was put off, and nothing else: feeds,
 * counts and notices follow from the writes.
 *
 * It runs at start, every minute, when an alarm for a due minute goes off, and by a timer for what falls due before
 * the next minute is over. One pass at a time in a process; between processes the version decides, and whoever
 * loses finds the work done. A pass that fails is repeated until one ends well. Shutdown: the pass at hand ends after
 * its batch.
 */
@Injectable()
export class DeadlineSweep implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  #interval: NodeJS.Timeout | null = null;
  #timer: { at: number; handle: NodeJS.Timeout } | null = null;
  #pass: Promise<number> | null = null;
  #isAskedAgain = false;
  #isStopped = false;
  #failures = 0;
  readonly #along: ((now: Date) => Promise<Date | null>)[] = [];

  constructor(
    private readonly events: EventsRepository,
    private readonly inTime: EventsInTime,
    private readonly clock: Clock,
    workingDays: WorkingDaysService,
    alarms: AlarmClock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'deadlines' });
    alarms.define(DUE_ALARM, () => this.#attempt());
    workingDays.onChange(() => this.recount());
  }

  /** For whoever tells of what time alone brings: it is called with every pass, and says when it is needed next. */
  along(pass: (now: Date) => Promise<Date | null>): void {
    this.#along.push(pass);
  }

  /** For readiness: whether the last pass ended well. */
  get isWorking(): boolean {
    return this.#failures === 0;
  }

  onApplicationBootstrap(): void {
    this.#interval = setInterval(() => void this.#attempt(), EVERY_MS);
    // The calendar may have become another one while nobody counted.
    void this.recount().then(
      () => this.#attempt(),
      () => this.#attempt(),
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.#isStopped = true;
    if (this.#interval) clearInterval(this.#interval);
    this.#clearTimer();
    await this.#pass?.catch(() => undefined);
  }

  /**
   * Brings every due state up to now. Asked while it runs, it runs once more, because time has moved.
   * @returns how many events it wrote
   */
  run(): Promise<number> {
    if (this.#pass) {
      this.#isAskedAgain = true;
      return this.#pass;
    }
    this.#pass = this.#sweep().finally(() => {
      this.#pass = null;
    });
    return this.#pass;
  }

  /** A pass that is repeated when it fails: whoever waits for a deadline must not wait for the next minute as well. */
  async #attempt(): Promise<void> {
    try {
      await this.run();
      if (this.#failures > 0) this.#log.info('deadlines are swept again', { failures: this.#failures });
      this.#failures = 0;
    } catch (err) {
      if (this.#isStopped) return;
      if (this.#failures++ === 0) this.#log.warn('a sweep failed and is repeated until it succeeds', { err });
      this.#wakeIn(RETRY_MS);
    }
  }

  async #sweep(): Promise<number> {
    let written = 0;
    do {
      this.#isAskedAgain = false;
      written += await this.#once();
      this.#clearTimer();
      const next = await this.inTime.nextDueChange();
      if (next) this.expect(next);
      for (const pass of this.#along) {
        const needed = await pass(await this.clock.certain());
        if (needed) this.expect(needed);
      }
    } while (this.#isAskedAgain && !this.#isStopped);
    return written;
  }

  async #once(): Promise<number> {
    let written = 0;
    while (!this.#isStopped) {
      const now = await this.clock.certain();
      const events = await this.inTime.dueForSweep(now, PAGE);
      const done = await this.#writeAll(events, now);
      written += done;
      // A whole page that others have changed meanwhile is left to them and to the next minute.
      if (events.length < PAGE || done === 0) return written;
    }
    return written;
  }

  async #writeAll(events: readonly TimedDoc[], now: Date): Promise<number> {
    let written = 0;
    let at = 0;
    const lane = async () => {
      while (at < events.length && !this.#isStopped) {
        const batch = events.slice(at, at + BATCH);
        at += BATCH;
        written += await this.#write(batch, now);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return written;
  }

  /** Who held an event and holds it no more reads it in the history, as nobody's doing; the rest is no edit. */
  async #write(events: readonly TimedDoc[], now: Date): Promise<number> {
    const timed = events.map((event) => ({ event, changes: timedFields(event, now) }));
    let written = await this.events.amendMany(
      timed.flatMap(({ event: { _id: id, version }, changes }) =>
        'claim' in changes ? [] : [{ id, version, changes }],
      ),
    );
    for (const { event, changes } of timed) {
      if (!('claim' in changes)) continue;
      const { _id: id, version, rev, claim } = event;
      const shown = { claim: { from: claim?.by ?? null, to: null } };
      if (await this.events.revise(id, version, changes, { rev: rev + 1, at: now, by: null, changes: shown }))
        written++;
    }
    return written;
  }

  /**
   * Looks again at whole days that have come: when one counts as overdue depends on which days people work. Those that
   * are further back have been overdue by any calendar; those ahead are counted when they come.
   */
  async recount(): Promise<void> {
    const now = await this.clock.certain();
    const events = await this.inTime.wholeDaysCome(new Date(now.getTime() - MISSED_MS), MISSED_MOST);
    const others = events.filter((event) => {
      const { dueState, nextDueChangeAt } = timedFields(event, now);
      return event.dueState !== dueState || event.nextDueChangeAt?.getTime() !== nextDueChangeAt?.getTime();
    });
    await this.#writeAll(others, now);
    if (others.length > 0) await this.run();
  }

  /**
   * Alarms come by the minute; what falls due within one is woken to the second by a timer. Told of a change that is
   * further away, or later than the one it waits for, it does nothing.
   */
  expect(at: Date): void {
    const delay = at.getTime() - this.clock.now().getTime();
    if (this.#isStopped || delay > EVERY_MS) return;
    if (this.#timer && this.#timer.at <= at.getTime()) return;
    this.#wakeIn(delay > 0 ? Math.max(delay, 10) : 1_000, at.getTime());
  }

  /** @param at the moment that it is for; the sooner one wins (see `expect`) */
  #wakeIn(ms: number, at = this.clock.now().getTime() + ms): void {
    this.#clearTimer();
    if (this.#isStopped) return;
    const handle = setTimeout(() => {
      this.#timer = null;
      void this.#attempt();
    }, ms);
    this.#timer = { at, handle };
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer.handle);
    this.#timer = null;
  }
}
