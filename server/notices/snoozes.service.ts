import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticesSnooze } from '@svodka/shared/contracts/notice';
import { UsersService } from '../accounts/users.service.ts';
import type { Change } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Watch } from '../changes/watch.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { EventsInTime } from '../events/events-in-time.repository.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import type { NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';

const EVERY_MS = 5_000;
const BATCH = 200;
const MOST_MS = 366 * 24 * 3_600_000;

/**
 * Notices that their reader has put off: out of the inbox and of its count until a time, or until something happens on
 * the order; then they are there again, unread. What brings them back follows from what is stored, so a pass may run
 * anywhere any number of times (SPEC N10).
 */
@Injectable()
export class Snoozes extends Watch {
  readonly collections = ['events', 'notices'] as const;
  #awaited = new Set<string>();

  constructor(
    private readonly notices: NoticesRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly outbox: OutboxService,
    private readonly users: UsersService,
    private readonly events: EventsService,
    private readonly happened: EventsInTime,
    bus: ChangeBus,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'notices' });
    super(bus, EVERY_MS, (err) =>
      log.warn('notices that were put off could not be looked for, and will be', { err }),
    );
  }

  see({ collection, after }: Change): void {
    if (!after) return;
    if (collection === 'notices') {
      const { snooze } = after as NoticeDoc;
      if (snooze?.type) this.#awaited.add(snooze.type);
    } else if (this.#awaited.has((after as EventDoc).type)) this.soon();
  }

  /** Puts off a person's own notices. @throws AppError `validation` until when is past, or too far */
  async putOff(userId: Id, { ids, until: given, type }: NoticesSnooze): Promise<void> {
    const at = this.clock.now();
    const until = given === undefined ? null : new Date(given);
    if (until && until <= at) throw refused('until', 'in-past');
    if (until && until.getTime() - at.getTime() > MOST_MS) throw refused('until', 'too-far');
    const mine = (await this.notices.byIds(ids)).filter((notice) => notice.userId === userId);
    const events = await this.events.byIds(mine.map(({ eventId }) => eventId));
    const orderOf = new Map(events.map(({ _id, projectId }) => [_id, projectId]));
    for (const { _id, eventId } of mine) {
      const projectId = orderOf.get(eventId) ?? null;
      // Of what stands in no order nothing would ever bring it back.
      if (type && !until && !projectId) throw refused('type', 'no-order');
      await this.notices.snooze(_id, { until, type: type ?? null, projectId, at });
    }
    await this.deliveries.cancelWaiting(
      userId,
      mine.map(({ _id }) => _id),
      'snoozed',
    );
  }

  protected async look(): Promise<void> {
    for (;;) {
      const due = await this.notices.awakening(this.clock.now(), BATCH);
      await this.#bringBack(due);
      if (due.length < BATCH || this.isStopped) break;
    }
    const waiting = await this.notices.awaiting();
    this.#awaited = new Set(waiting.map(({ snooze }) => snooze?.type ?? ''));
    for (const notice of waiting) {
      if (this.isStopped) return;
      const { snooze } = notice;
      if (!snooze?.projectId || !snooze.type) continue;
      if (await this.happened.hasSince(snooze.projectId, snooze.type, snooze.at))
        await this.#bringBack([notice]);
    }
  }

  /** Letters first: of a pass that ends in between the next one does the rest, and what is put off sends none. */
  async #bringBack(notices: readonly NoticeDoc[]): Promise<void> {
    const [users, events] = await Promise.all([
      this.users.byIds([...new Set(notices.map(({ userId }) => userId))]),
      this.events.byIds([...new Set(notices.map(({ eventId }) => eventId))]),
    ]);
    const [userById, eventById] = [byId(users), byId(events)];
    await this.outbox.again(
      notices.flatMap((notice) => {
        const [user, event] = [userById.get(notice.userId), eventById.get(notice.eventId)];
        return user && event ? [{ notice, user, event, isHeld: false }] : [];
      }),
    );
    for (const notice of notices) await this.notices.wake(notice);
  }
}

const byId = <D extends { _id: Id }>(docs: readonly D[]): Map<Id, D> =>
  new Map(docs.map((doc) => [doc._id, doc]));
