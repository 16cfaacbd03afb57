import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { isDuplicateKey } from '../../platform/errors/translate-driver-error.ts';
import type { CollectionPlan } from '../../platform/mongo/collection-plan.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';

/** A file of payments that brought something. */
export type LoadDoc = {
  _id: Id;
  fileName: string;
  at: Date;
  /** Null: it was dropped into the watched folder. */
  by: Id | null;
  created: number;
  sumKop: number;
  /** The events that it made. */
  eventIds: Id[];
  undone: { at: Date; by: Id; deleted: number; kept: number } | null;
};
export type Load = Omit<LoadDoc, 'eventIds'>;
const WITHOUT_EVENTS = { projection: { eventIds: 0 } } as const;

@Injectable()
export class LoadsRepository {
  readonly #loads: mongo.Collection<LoadDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#loads = driverCollection(connection, 'payment_loads');
  }

  /** Counts what a load has made by now; it is there from its first event on. @returns false: it was taken back meanwhile */
  async add(
    load: Pick<LoadDoc, '_id' | 'fileName' | 'at' | 'by'>,
    eventIds: readonly Id[],
    sumKop: number,
  ): Promise<boolean> {
    const { _id, ...about } = load;
    try {
      await this.#loads.updateOne(
        { _id, undone: null },
        {
          $setOnInsert: about,
          $push: { eventIds: { $each: [...eventIds] } },
          $inc: { created: eventIds.length, sumKop },
        },
        { upsert: true },
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** The newest first. */
  latest(limit: number): Promise<Load[]> {
    return this.#loads.find({}, WITHOUT_EVENTS).sort({ at: -1 }).limit(limit).toArray();
  }

  get(id: Id): Promise<LoadDoc | null> {
    return this.#loads.findOne({ _id: id });
  }

  /** @returns null when somebody else was first */
  finish(id: Id, undone: NonNullable<LoadDoc['undone']>): Promise<Load | null> {
    return this.#loads.findOneAndUpdate(
      { _id: id, undone: null },
      { $set: { undone } },
      { ...WITHOUT_EVENTS, returnDocument: 'after' },
    );
  }
}

export const LOAD_COLLECTIONS: CollectionPlan[] = [
  { collection: 'payment_loads', images: false, indexes: [{ key: { at: -1 } }] },
];
