import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, Model, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type SessionDoc, SessionSchema } from './user.schema.ts';

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

  /** The newest hundred, latest use first; the store's own clean-up of expired ones is late. */
  async of(userId: Id, now: Date): Promise<SessionDoc[]> {
    return this.#raw
      .find({ userId, expiresAt: { $gt: now } })
      .sort({ seenAt: -1 })
      .limit(100)
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
