import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import type { CollectionPlan } from '../../platform/mongo/collection-plan.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';

type ConfidentialDoc = { _id: Id; text: string };

export const CONFIDENTIAL_PLAN: CollectionPlan = {
  collection: 'confidential_notes',
  images: false,
  indexes: [],
};

/**
 * What of an order only a few may know, under its id. It stands apart from the order, so that no list, search, history,
 * live row or export can carry it: whoever shows an order does not have it.
 */
@Injectable()
export class ConfidentialRepository {
  readonly #notes: mongo.Collection<ConfidentialDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#notes = driverCollection(connection, 'confidential_notes');
  }

  async of(projectId: Id): Promise<string> {
    return (await this.#notes.findOne({ _id: projectId }))?.text ?? '';
  }

  async write(notes: ReadonlyMap<Id, string>): Promise<void> {
    if (notes.size === 0) return;
    await this.#notes.bulkWrite(
      [...notes].map(([_id, text]) =>
        text
          ? { updateOne: { filter: { _id }, update: { $set: { text } }, upsert: true } }
          : { deleteOne: { filter: { _id } } },
      ),
      { ordered: false },
    );
  }
}
