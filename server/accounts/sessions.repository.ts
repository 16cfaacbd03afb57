import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, Model, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type SessionDoc, SessionSchema } from './user.schema.ts';

/** A script that signs in for every call must not pile up what nobody ends. */
const MOST_OF_ONE = 100;

@Injectable()
export class SessionsRepository {
  readonly #sessions: Model<SessionDoc>;
  readonly #raw: mongo.Collection<SessionDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#raw = driverCollection(connection, 'sessions');
    this.#sessions = connection.model<SessionDoc>('Session', SessionSchema);
  }

  async insert(session: SessionDoc): Promise<void> {
    await this.#raw.insertOne(session);
  }

  /** On every request's way, so past mongoose. */
  byTokenHash(tokenHash: string): Promise<SessionDoc | null> {
    return this.#raw.findOne({ tokenHash });
  }

  get(id: Id): Promise<SessionDoc | null> {
    return this.#raw.findOne({ _id: id });
  }

  /** Lets a person's sessions go beyond the hundred used last: whoever sees the list sees all that can be ended. */
  async endBeyondMost(userId: Id): Promise<void> {
    const beyond = await this.#raw
      .find({ userId }, { projection: { _id: 1 } })
      .sort({ seenAt: -1 })
      .skip(MOST_OF_ONE)
      .toArray();
    if (beyond.length > 0) await this.#raw.deleteMany({ _id: { $in: beyond.map(({ _id }) => _id) } });
  }

  /** All of a person's, latest use first; the store's own clean-up of expired ones is late. */
  async of(userId: Id, now: Date): Promise<SessionDoc[]> {
    return this.#raw
      .find({ userId, expiresAt: { $gt: now } })
      .sort({ seenAt: -1 })
      .limit(MOST_OF_ONE)
      .toArray();
  }

  /** Whether somebody has a living session that is used from an address. */
  async knowsAddress(userId: Id, address: string, now: Date): Promise<boolean> {
    return (await this.#raw.findOne({ userId, address, expiresAt: { $gt: now } })) !== null;
  }

  async edit(
    id: Id,
    changes: Partial<Pick<SessionDoc, 'seenAt' | 'expiresAt' | 'epoch' | 'address'>>,
  ): Promise<void> {
    await this.#sessions.updateOne({ _id: id }, { $set: changes });
  }

  /** @returns whether there was one, of that user if named */
  async delete(id: Id, userId?: Id): Promise<boolean> {
    const { deletedCount } = await this.#sessions.deleteOne({ _id: id, ...(userId && { userId }) });
    return deletedCount > 0;
  }

  async deleteOf(userId: Id, except?: Id): Promise<void> {
    await this.#sessions.deleteMany(except ? { userId, _id: { $ne: except } } : { userId });
  }
}
