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

  async seen(id: Id, seenAt: Date, expiresAt: Date): Promise<void> {
    await this.#sessions.updateOne({ _id: id }, { $set: { seenAt, expiresAt } });
  }

  async delete(id: Id): Promise<void> {
    await this.#sessions.deleteOne({ _id: id });
  }

  async deleteOf(userId: Id, except?: Id): Promise<void> {
    await this.#sessions.deleteMany(except ? { userId, _id: { $ne: except } } : { userId });
  }
}
