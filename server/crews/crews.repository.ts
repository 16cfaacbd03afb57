import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, Model } from 'mongoose';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type CrewDoc, CrewSchema } from './crew.schema.ts';

@Injectable()
export class CrewsRepository {
  readonly #crews: Model<CrewDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#crews = connection.model<CrewDoc>('Crew', CrewSchema);
  }

  /** All of them, by name. A company has tens, and every screen that shows one shows the others. */
  all(): Promise<CrewDoc[]> {
    return this.#crews.find().sort({ nameKey: 1 }).lean<CrewDoc[]>().exec();
  }

  count(): Promise<number> {
    return this.#crews.countDocuments().exec();
  }

  get(id: Id): Promise<CrewDoc | null> {
    return this.#crews.findById(id).lean<CrewDoc>().exec();
  }

  /** False: its id or name is taken. */
  async insert(doc: CrewDoc): Promise<boolean> {
    try {
      await this.#crews.collection.insertOne({ ...doc, ...touchedNow() } as never);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /**
   * Writes if the crew is still at `version`; null: it is not.
   * @throws a duplicate key error when a name is taken
   */
  update(id: Id, version: number, changes: Partial<CrewDoc>): Promise<CrewDoc | null> {
    return this.#crews
      .findOneAndUpdate(
        { _id: id, version },
        { $set: { ...changes, ...touchedNow() }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      )
      .lean<CrewDoc>()
      .exec();
  }
}
