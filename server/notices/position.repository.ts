import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

type PositionDoc = { _id: string; token: mongo.ResumeToken };

const ID = 'notices.position';

/** How far the decisions have come in the change log. Shared by all nodes; an older one only repeats decisions. */
@Injectable()
export class PositionRepository {
  readonly #settings: mongo.Collection<PositionDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#settings = driverCollection(connection, 'settings');
  }

  async read(): Promise<mongo.ResumeToken | null> {
    return (await this.#settings.findOne({ _id: ID }))?.token ?? null;
  }

  async write(token: mongo.ResumeToken): Promise<void> {
    await this.#settings.updateOne({ _id: ID }, { $set: { token } }, { upsert: true });
  }

  async forget(): Promise<void> {
    await this.#settings.deleteOne({ _id: ID });
  }
}
