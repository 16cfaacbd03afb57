import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, Model } from 'mongoose';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type ViewDoc, ViewSchema } from './view.schema.ts';

@Injectable()
export class ViewsRepository {
  readonly #views: Model<ViewDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#views = connection.model<ViewDoc>('View', ViewSchema);
  }

  /** The views of a person in their order; null: they have never had any. */
  async of(ownerId: Id): Promise<ViewDoc[] | null> {
    const docs = await this.#views.find({ ownerId }).sort({ order: 1, _id: 1 }).lean<ViewDoc[]>().exec();
    if (docs.length === 0) return null;
    return docs.filter(({ removedAt }) => removedAt === null);
  }

  /** The view that was there already under this id, or null: inserted. */
  async insert(doc: ViewDoc): Promise<ViewDoc | null> {
    try {
      await this.#views.collection.insertOne(doc as never);
      return null;
    } catch (error) {
      const existing = isDuplicateKey(error)
        ? await this.#views.findById(doc._id).lean<ViewDoc>().exec()
        : null;
      if (!existing) throw error;
      return existing;
    }
  }

  get(ownerId: Id, id: Id): Promise<ViewDoc | null> {
    return this.#views.findOne({ _id: id, ownerId, removedAt: null }).lean<ViewDoc>().exec();
  }

  /** Null: there is no such view of this person. */
  edit(ownerId: Id, id: Id, changes: Partial<Omit<ViewDoc, '_id' | 'ownerId'>>): Promise<ViewDoc | null> {
    return this.#views
      .findOneAndUpdate(
        { _id: id, ownerId, removedAt: null },
        { $set: changes, $inc: { version: 1 } },
        { returnDocument: 'after' },
      )
      .lean<ViewDoc>()
      .exec();
  }

  /** Nothing is left of it. */
  async delete(ownerId: Id, id: Id): Promise<void> {
    await this.#views.deleteOne({ _id: id, ownerId });
  }
}
