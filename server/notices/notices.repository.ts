import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeReason, NoticesSeen } from '@svodka/shared/contracts/notice';
import { MOST_COUNTED } from '@svodka/shared/contracts/notice-rule';
import type { Connection, Model, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type NoticeDoc, NoticeSchema } from './notice.schema.ts';

/** What an inbox is asked for. */
export type InboxQuery = {
  unread: boolean;
  snoozed?: boolean;
  reason?: NoticeReason | undefined;
  after?: string | undefined;
  limit: number;
};

const LATEST = 500;

/** What rules carry by other ways only stands in no inbox; old notices say nothing of ways. */
const LISTED = { suppressed: null, channels: { $in: ['inbox', null] } } as object;
const AWAKE = { $set: { snooze: null, seenAt: null }, $inc: { version: 1 } } as const;

@Injectable()
export class NoticesRepository {
  readonly #notices: Model<NoticeDoc>;
  readonly #raw: mongo.Collection<NoticeDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#notices = connection.model<NoticeDoc>('Notice', NoticeSchema);
    this.#raw = driverCollection(connection, 'notices');
  }

  /** Those that are there already are left as they are: they are done (SPEC N6). */
  insertNew(docs: NoticeDoc[]): Promise<number> {
    return insertNew(this.#raw, docs);
  }

  get(id: Id): Promise<NoticeDoc | null> {
    return this.#notices.findById(id).lean<NoticeDoc>().exec();
  }

  byIds(ids: readonly Id[]): Promise<NoticeDoc[]> {
    return this.#raw.find({ _id: { $in: [...ids] } }).toArray();
  }

  /** Which of them have been seen. */
  async seenAmong(ids: readonly Id[]): Promise<Id[]> {
    if (ids.length === 0) return [];
    const found = await this.#raw
      .find({ _id: { $in: [...ids] }, seenAt: { $ne: null } })
      .project<{ _id: Id }>({ _id: 1 })
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** One person's notices, newest first. */
  async page(userId: Id, { unread, snoozed, reason, after, limit }: InboxQuery) {
    const docs = await this.#notices
      .find({
        userId,
        ...LISTED,
        snooze: snoozed ? { $ne: null } : null,
        ...(reason && { reason }),
        ...(unread ? { seenAt: null } : {}),
        ...beyond('createdAt', placeOf(after), 'desc'),
      })
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<NoticeDoc[]>()
      .exec();
    return pageOf(docs, limit, ({ createdAt }) => createdAt);
  }

  countUnread(userId: Id): Promise<number> {
    return this.#notices.countDocuments({ userId, ...LISTED, snooze: null, seenAt: null }).exec();
  }

  /** How many notices a rule has made since a moment, up to `MOST_COUNTED`; what it told nobody is counted too. */
  countOf(ruleId: Id, since: Date): Promise<number> {
    return this.#notices
      .countDocuments({ ruleIds: ruleId, createdAt: { $gte: since } })
      .limit(MOST_COUNTED)
      .exec();
  }

  /** Whether a rule has made one of somebody's latest notices. */
  async isToldBy(userId: Id, ruleId: Id): Promise<boolean> {
    const latest = await this.#raw
      .find({ userId, suppressed: null })
      .sort({ createdAt: -1, _id: -1 })
      .limit(LATEST)
      .project<Pick<NoticeDoc, 'ruleIds'>>({ _id: 0, ruleIds: 1 })
      .toArray();
    return latest.some(({ ruleIds }) => ruleIds?.includes(ruleId));
  }

  /** Marks a person's own notices; those of others and seen ones are left alone. */
  async markSeen(userId: Id, which: NoticesSeen, at: Date): Promise<void> {
    // Whoever reads an event has read what was to be carried; who clears an inbox has seen what stands there.
    const asked = 'ids' in which ? { _id: { $in: which.ids } } : 'eventId' in which ? which : LISTED;
    await this.#notices.updateMany(
      { userId, suppressed: null, seenAt: null, ...asked },
      { $set: { seenAt: at }, $inc: { version: 1 } },
    );
  }

  async snooze(id: Id, snooze: NonNullable<NoticeDoc['snooze']>): Promise<void> {
    await this.#notices.updateOne({ _id: id }, { $set: { snooze }, $inc: { version: 1 } });
  }

  /** What was put off until now, longest due first. */
  awakening(now: Date, limit: number): Promise<NoticeDoc[]> {
    return this.#raw
      .find({ 'snooze.until': { $lte: now, $type: 'date' } } as never)
      .sort({ 'snooze.until': 1 })
      .limit(limit)
      .toArray();
  }

  /** What was put off until something happens. */
  awaiting(): Promise<NoticeDoc[]> {
    return this.#raw.find({ 'snooze.type': { $type: 'string' } } as never).toArray();
  }

  /** Brings back what is put off still as it was when it was read. */
  async wake({ _id, snooze }: NoticeDoc): Promise<void> {
    await this.#notices.updateOne({ _id, 'snooze.at': snooze?.at } as never, AWAKE);
  }

  /** Marks what was told of some events as seen at `at`, or with null as not seen (SPEC N9). */
  async turn(eventIds: readonly Id[], at: Date | null): Promise<void> {
    if (eventIds.length === 0) return;
    await this.#notices.updateMany(
      { eventId: { $in: [...eventIds] }, reason: 'occurred', seenAt: at ? null : { $ne: null } },
      { $set: { seenAt: at }, $inc: { version: 1 } },
    );
  }

  /** Everything that was decided about an event, oldest first. */
  ofEvent(eventId: Id, limit: number): Promise<NoticeDoc[]> {
    return this.#raw.find({ eventId }).sort({ createdAt: 1, _id: 1 }).limit(limit).toArray();
  }

  /** Those whose next ones are due, longest due first. */
  escalating(now: Date, limit: number): Promise<NoticeDoc[]> {
    return this.#raw
      .find({ escalateAt: { $lte: now, $type: 'date' } } as never)
      .sort({ escalateAt: 1 })
      .limit(limit)
      .toArray();
  }

  async nextEscalation(): Promise<Date | null> {
    const [next] = await this.#raw
      .find({ escalateAt: { $type: 'date' } } as never)
      .sort({ escalateAt: 1 })
      .limit(1)
      .toArray();
    return next?.escalateAt ?? null;
  }

  /** What is not the reader's business raises no version. */
  async escalate(id: Id, from: Date, next: Date | null): Promise<void> {
    await this.#raw.updateOne({ _id: id, escalateAt: from }, { $set: { escalateAt: next } });
  }
}
