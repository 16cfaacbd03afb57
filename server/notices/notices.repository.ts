import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticesSeen } from '@svodka/shared/contracts/notice';
import { MOST_COUNTED } from '@svodka/shared/contracts/notice-rule';
import type { Connection, Model, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type NoticeDoc, NoticeSchema } from './notice.schema.ts';

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

  /** One person's notices, newest first. */
  async page(
    userId: Id,
    { unread, after, limit }: { unread: boolean; after?: string | undefined; limit: number },
  ) {
    const docs = await this.#notices
      .find({ userId, ...(unread ? { seenAt: null } : {}), ...beyond('createdAt', placeOf(after), 'desc') })
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<NoticeDoc[]>()
      .exec();
    return pageOf(docs, limit, ({ createdAt }) => createdAt);
  }

  countUnread(userId: Id): Promise<number> {
    return this.#notices.countDocuments({ userId, seenAt: null }).exec();
  }

  /** How many notices a rule has made since a moment, up to `MOST_COUNTED`; what it told nobody is counted too. */
  countOf(ruleId: Id, since: Date): Promise<number> {
    return this.#notices
      .countDocuments({ ruleIds: ruleId, createdAt: { $gte: since } })
      .limit(MOST_COUNTED)
      .exec();
  }

  /** Marks a person's own notices; those of others and seen ones are left alone. */
  async markSeen(userId: Id, which: NoticesSeen, at: Date): Promise<void> {
    const asked = 'ids' in which ? { _id: { $in: which.ids } } : 'eventId' in which ? which : {};
    await this.#notices.updateMany(
      { userId, seenAt: null, ...asked },
      { $set: { seenAt: at }, $inc: { version: 1 } },
    );
  }

  /** Marks notices as seen at `at`, or with null as not seen. */
  async turn(ids: readonly Id[], at: Date | null): Promise<void> {
    if (ids.length === 0) return;
    await this.#notices.updateMany(
      { _id: { $in: [...ids] }, seenAt: at ? null : { $ne: null } },
      { $set: { seenAt: at }, $inc: { version: 1 } },
    );
  }
}
