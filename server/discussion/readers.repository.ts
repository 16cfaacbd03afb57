import { Inject, Injectable } from '@nestjs/common';
import type { Reader } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { READERS, type ReaderDoc } from './comment.schema.ts';

/** A crowd is a crowd. */
const READERS_MOST = 100;
/** Of each event. */
const FOLLOWERS_MOST = 1_000;

/** Of one person at one event. */
export const readerId = (eventId: Id, userId: Id) => `${eventId}:${userId}`;

export const toReader = ({ userId, readAt }: ReaderDoc): Reader[] =>
  readAt ? [{ userId, readAt: readAt.toISOString() }] : [];

/** Who has read how far, and who follows. One document a person and event, written by that person alone. */
@Injectable()
export class ReadersRepository {
  readonly #readers: mongo.Collection<ReaderDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#readers = driverCollection(connection, READERS);
  }

  /** Those who have read the furthest. */
  async of(eventId: Id): Promise<Reader[]> {
    const query = { eventId, readAt: { $type: 'date' } } as mongo.Filter<ReaderDoc>;
    const docs = await this.#readers.find(query).sort({ readAt: -1 }).limit(READERS_MOST).toArray();
    return docs.flatMap(toReader);
  }

  /** Whether comments are told to somebody by what they have said or shown; null: neither. */
  async follows(eventId: Id, userId: Id): Promise<boolean | null> {
    const mine = await this.#readers.findOne({ _id: readerId(eventId, userId) });
    return mine?.follows ?? (mine?.followsAt ? true : null);
  }

  /** Never back: whoever has read further has read this too. */
  async read(eventId: Id, userId: Id, readAt: Date, followsAt: Date | null = null): Promise<void> {
    const _id = readerId(eventId, userId);
    const now = await this.#readers.findOneAndUpdate(
      { _id },
      { $max: { readAt }, $setOnInsert: { eventId, userId, follows: null, followsAt } },
      { upsert: true, returnDocument: 'after', projection: { follows: 1, followsAt: 1 } },
    );
    // Whoever writes takes part from now on, unless they have said that they do not.
    if (followsAt && now?.follows === null && now.followsAt === null)
      await this.#readers.updateOne({ _id, follows: null, followsAt: null }, { $set: { followsAt } });
  }

  async follow(eventId: Id, userId: Id, follows: boolean | null, at: Date): Promise<void> {
    await this.#readers.updateOne(
      { _id: readerId(eventId, userId) },
      { $set: { follows, followsAt: follows ? at : null }, $setOnInsert: { eventId, userId, readAt: null } },
      { upsert: true },
    );
  }

  /** What people have said of following these events, or shown by writing. */
  said(eventIds: readonly Id[]): Promise<ReaderDoc[]> {
    const query = {
      eventId: { $in: [...eventIds] },
      $or: [{ followsAt: { $ne: null } }, { follows: false }],
    };
    return this.#readers
      .find(query as mongo.Filter<ReaderDoc>)
      .limit(FOLLOWERS_MOST * eventIds.length)
      .toArray();
  }
}
