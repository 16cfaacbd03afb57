import type { mongo } from 'mongoose';
import type { MigrationStep } from '../platform/mongo/migration-step.ts';
import { type CommentDoc, READERS, type ReaderDoc } from './comment.schema.ts';
import { readerId } from './readers.repository.ts';

const BATCH = 500;

/** Whoever wrote before comments could be followed takes part from the day of this step on, unless they say otherwise. */
export const FOLLOWERS: MigrationStep = {
  number: 22,
  name: 'those who have commented follow the comments',
  async run({ db, resumeAt, reached }) {
    const comments = db.collection<CommentDoc>('comments');
    const readers = db.collection<ReaderDoc>(READERS);
    const followsAt = new Date();
    for (let after = resumeAt; ; ) {
      const rest = { deletedAt: null, ...(after !== null && { _id: { $gt: after } }) };
      const batch = await comments
        .find(rest as mongo.Filter<CommentDoc>, { projection: { eventId: 1, authorId: 1 } })
        .sort({ _id: 1 })
        .limit(BATCH)
        .toArray();
      const wrote = new Map(batch.map((one) => [readerId(one.eventId, one.authorId), one]));
      // First that they are there, then that they follow: what they have said themselves stands.
      const writes = [...wrote].flatMap(([_id, { eventId, authorId: userId }]) => [
        {
          updateOne: {
            filter: { _id },
            update: { $setOnInsert: { eventId, userId, readAt: null, follows: null, followsAt: null } },
            upsert: true,
          },
        },
        { updateOne: { filter: { _id, follows: null, followsAt: null }, update: { $set: { followsAt } } } },
      ]);
      const changed = writes.length > 0 ? (await readers.bulkWrite(writes)).modifiedCount : 0;
      after = batch.at(-1)?._id ?? after;
      await reached(after, changed);
      if (batch.length < BATCH) return;
    }
  },
};
