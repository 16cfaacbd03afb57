import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { ShiftDoc } from './shift.schema.ts';

@Injectable()
export class ShiftsRepository {
  readonly #shifts: mongo.Collection<ShiftDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#shifts = driverCollection<ShiftDoc>(connection, 'shifts');
  }

  get(id: Id): Promise<ShiftDoc | null> {
    return this.#shifts.findOne({ _id: id });
  }

  /** The newest that somebody gave or was given, and with `unnamed` those that nobody was named for. */
  async newest(personId: Id, limit: number, { unnamed }: { unnamed: boolean }): Promise<ShiftDoc[]> {
    const of = (query: mongo.Filter<ShiftDoc>) =>
      this.#shifts.find(query).sort({ _id: -1 }).limit(limit).toArray();
    const found = await Promise.all([
      of({ fromId: personId }),
      of({ toId: personId }),
      unnamed ? of({ toId: null }) : [],
    ]);
    const unique = new Map(found.flat().map((doc) => [doc._id, doc]));
    return [...unique.values()].sort((a, b) => (a._id < b._id ? 1 : -1)).slice(0, limit);
  }

  /** What its giver has given before it and nobody has accepted to the end. */
  async unfinishedBefore({ _id, fromId, at }: ShiftDoc): Promise<ShiftDoc[]> {
    const found = await this.#shifts
      .find({ fromId, state: 'given', at: { $lte: at }, _id: { $ne: _id } })
      .toArray();
    return found.filter((doc) => doc.at < at || doc._id < _id);
  }

  /** False: it is there. */
  async insert(doc: ShiftDoc): Promise<boolean> {
    return (await insertNew(this.#shifts, [doc])) > 0;
  }

  /** Null: somebody has written it since it was read. */
  write(
    { _id, version }: ShiftDoc,
    changes: Partial<Omit<ShiftDoc, '_id' | 'version'>>,
  ): Promise<ShiftDoc | null> {
    return this.#shifts.findOneAndUpdate(
      { _id, version },
      { $set: changes, $inc: { version: 1 } },
      { returnDocument: 'after' },
    );
  }
}
