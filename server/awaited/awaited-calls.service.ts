import { Injectable } from '@nestjs/common';
import { AWAITING, CALLS, isAnsweredBy } from '@svodka/shared/rules/awaited';
import type { Change } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Watch } from '../changes/watch.ts';
import { closing } from '../events/closing.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';

const EVERY_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** Older ones are closed by people: nobody remembers what they were about. */
const REMEMBERED_MS = 30 * DAY_MS;
const MOST = 1_000;

/**
 * What awaits a call is closed by it: a promise by our call to that number or customer, a missed call by any. It
 * follows from the stored events alone, so it may run anywhere any number of times: at start, every minute, and when
 * the change log tells of a call. The version lets one writer through. A person who opens it again is not
 * overruled: only a call that was written down after that closes it anew.
 */
@Injectable()
export class AwaitedCalls extends Watch {
  readonly collections = ['events'] as const;
  /** What the last pass found waiting, so that other calls of a busy day wake nothing; null: it may be more by now. */
  #awaiting: readonly EventDoc[] | null = null;

  constructor(
    private readonly events: EventsRepository,
    bus: ChangeBus,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'awaited' });
    super(bus, EVERY_MS, (err) => log.warn('awaited calls could not be looked at, and will be', { err }));
  }

  /** Does not keep the push of the change waiting. */
  see({ kind, after }: Change): void {
    const doc = after as EventDoc | null;
    if (!doc) return;
    if (AWAITING.includes(doc.type)) this.#awaiting = null;
    else if (kind !== 'insert' || !CALLS.includes(doc.type)) return;
    if (this.#awaiting?.some((event) => isAnsweredBy(event, doc)) ?? true) this.soon();
  }

  protected async look(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - REMEMBERED_MS);
    const awaiting = await this.events.recent(AWAITING, since, { limit: MOST, isPending: true });
    // Before the calls are read: one that comes later is looked for in this, and one that came before is read.
    this.#awaiting = awaiting;
    const first = awaiting.at(-1);
    if (!first) return;
    const calls = (await this.events.recent(CALLS, first.occurredAt, { limit: 10 * MOST })).reverse();
    for (const event of awaiting) {
      if (this.isStopped) return;
      const answers = calls.filter((call) => isAnsweredBy(event, call));
      if (answers.length > 0) await this.#close(event, answers);
    }
  }

  async #close(event: EventDoc, answers: EventDoc[]): Promise<void> {
    const revisions = await this.events.revisions(event._id);
    const opened = revisions.find(({ changes }) => changes.status?.to === event.status)?.at;
    const call = answers.find(({ recordedAt }) => !opened || recordedAt > opened);
    if (call) await closing(this.events, event, this.clock.now());
  }
}
