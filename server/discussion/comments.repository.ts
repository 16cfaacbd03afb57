import { Inject, Injectable } from '@nestjs/common';
import type { React } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import { kept } from '@svodka/shared/filter/terms';
import type { Connection, Model, mongo } from 'mongoose';
import type { AskedFor } from '../events/event.schema.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { ASKED_INSIDE, type CommentDoc, CommentSchema } from './comment.schema.ts';

/** Of the setting that keeps until when comments are counted. */
const COUNTED = 'comments.counted';

/** Of an event's comments these are looked through for words. */
const MOST_HEARD = 200;

export const COMMENTS_SINCE = (since: Date): mongo.Filter<CommentDoc> => ({ createdAt: { $gte: since } });

@Injectable()
export class CommentsRepository {
  readonly #comments: Model<CommentDoc>;
  readonly #raw: mongo.Collection<CommentDoc>;
  readonly #settings: mongo.Collection<{ _id: string; at: Date }>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly vocabulary: Vocabulary,
  ) {
    this.#comments = connection.model<CommentDoc>('Comment', CommentSchema);
    this.#raw = driverCollection(connection, 'comments');
    this.#settings = driverCollection(connection, 'settings');
  }

  /** The comment that was there already under this id, or null: inserted. */
  async insert(doc: CommentDoc): Promise<CommentDoc | null> {
    await this.vocabulary.learn(doc.terms);
    try {
      await this.#raw.insertOne(doc);
      return null;
    } catch (error) {
      const existing = isDuplicateKey(error) ? await this.get(doc._id) : null;
      if (!existing) throw error;
      return existing;
    }
  }

  /** What an event takes from its comments; removed ones say nothing. Of very many the newest are enough. */
  async said(eventId: Id): Promise<{ count: number; terms: string[] }> {
    const alive = { eventId, deletedAt: null };
    const docs = await this.#comments
      .find(alive, { terms: 1 })
      .sort({ createdAt: -1, _id: -1 })
      .limit(MOST_HEARD + 1)
      .lean<Pick<CommentDoc, 'terms'>[]>()
      .exec();
    const count = docs.length <= MOST_HEARD ? docs.length : await this.#comments.countDocuments(alive);
    return { count, terms: kept(docs.flatMap(({ terms }) => terms ?? [])) };
  }

  /** What was said about some events and not removed, the newest first. */
  about(eventIds: readonly Id[]): Promise<CommentDoc[]> {
    return this.#comments
      .find({ eventId: { $in: eventIds }, deletedAt: null })
      .sort({ createdAt: -1, _id: -1 })
      .lean<CommentDoc[]>()
      .exec();
  }

  /** What of some events the customer of their order may read, the newest first. */
  shownToCustomer(projectId: Id, eventIds: readonly Id[], limit: number): Promise<CommentDoc[]> {
    const shown = { isPublic: true, shownIn: { $in: [projectId, null] } } as mongo.Filter<CommentDoc>;
    return this.#raw
      .find({ eventId: { $in: [...eventIds] }, deletedAt: null, ...shown })
      .sort({ createdAt: -1 })
      .limit(limit)
      .toArray();
  }

  /** Puts a sign of somebody to a comment, or takes it away; null: there is none, or it is removed. */
  react(id: Id, userId: Id, { kind, on }: React): Promise<CommentDoc | null> {
    const change = { [`reactions.${kind}`]: userId };
    return this.#raw.findOneAndUpdate(
      { _id: id, deletedAt: null },
      { [on ? '$addToSet' : '$pull']: change, $inc: { version: 1 } } as mongo.UpdateFilter<CommentDoc>,
      { returnDocument: 'after' },
    );
  }

  /** What was removed before a moment is brought back no more: its words go. */
  async forgetRemoved(since: Date, before: Date): Promise<void> {
    const query = { deletedAt: { $gte: since, $lt: before, $type: 'date' }, removed: { $ne: null } };
    await this.#raw.updateMany(query as unknown as mongo.Filter<CommentDoc>, { $set: { removed: null } });
  }

  get(id: Id): Promise<CommentDoc | null> {
    return this.#comments.findById(id).lean<CommentDoc>().exec();
  }

  async byIds(ids: readonly Id[]): Promise<CommentDoc[]> {
    if (ids.length === 0) return [];
    return this.#raw.find({ _id: { $in: [...new Set(ids)] } }).toArray();
  }

  writtenSince(since: Date): AsyncIterable<CommentDoc> {
    return this.#raw.find(COMMENTS_SINCE(since));
  }

  /** Comments of an event, oldest first; removed ones stay in their place. */
  async page(eventId: Id, { after, limit }: { after?: string | undefined; limit: number }) {
    const docs = await this.#comments
      .find({ eventId, ...beyond('createdAt', placeOf(after), 'asc') })
      .sort({ createdAt: 1, _id: 1 })
      .limit(limit + 1)
      .lean<CommentDoc[]>()
      .exec();
    return pageOf(docs, limit, ({ createdAt }) => createdAt);
  }

  /** The events of comments that were written, changed or removed since; one may come more than once. */
  async *eventsSince(since: Date): AsyncGenerator<Id> {
    let last: Id | undefined;
    for (const moment of ['createdAt', 'editedAt', 'deletedAt']) {
      const query = { [moment]: { $gte: since, $type: 'date' } } as mongo.Filter<CommentDoc>;
      for await (const { eventId } of this.#raw
        .find(query, { projection: { eventId: 1 } })
        .sort({ [moment]: 1 })) {
        if (eventId !== last) yield eventId;
        last = eventId;
      }
    }
  }

  /** Until when every event's number of comments has been looked at. */
  async countedUntil(): Promise<Date> {
    return (await this.#settings.findOne({ _id: COUNTED }))?.at ?? new Date(0);
  }

  async keepCountedUntil(at: Date): Promise<void> {
    await this.#settings.updateOne({ _id: COUNTED }, { $max: { at } }, { upsert: true });
  }

  /** Writes to a comment that is still at `version`, and removed or not as said; null: it is not. */
  async write(
    id: Id,
    version: number,
    fields: Partial<Omit<CommentDoc, '_id' | 'version' | 'asked'>>,
    asked: (AskedFor & { at: Date }) | null,
    isRemoved = false,
  ): Promise<CommentDoc | null> {
    await this.vocabulary.learn(fields.terms ?? []);
    return this.#comments
      .findOneAndUpdate(
        { _id: id, version, deletedAt: isRemoved ? { $ne: null } : null },
        {
          $set: { ...fields, ...touchedNow() },
          $inc: { version: 1 },
          ...(asked && { $push: { asked: { $each: [asked], $slice: -ASKED_INSIDE } } }),
        },
        { returnDocument: 'after' },
      )
      .lean<CommentDoc>()
      .exec();
  }
}
