import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { View, ViewEdit } from '@svodka/shared/contracts/view';
import type { Connection, Model } from 'mongoose';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { toView, type ViewDoc, ViewSchema } from './view.schema.ts';

@Injectable()
export class ViewsRepository {
  readonly #views: Model<ViewDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#views = connection.model<ViewDoc>('View', ViewSchema);
  }

  /** The views of a person in their order; null: they have never had any. */
  async of(ownerId: Id): Promise<View[] | null> {
    const docs = await this.#views.find({ ownerId }).sort({ order: 1, _id: 1 }).lean<ViewDoc[]>().exec();
    if (docs.length === 0) return null;
    return docs.filter(({ removedAt }) => removedAt === null).map(toView);
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

  /** Null: there is no such view of this person. */
  async edit(ownerId: Id, id: Id, edit: ViewEdit | { removedAt: Date }): Promise<View | null> {
    const doc = await this.#views
      .findOneAndUpdate(
        { _id: id, ownerId, removedAt: null },
        { $set: edit, $inc: { version: 1 } },
        { returnDocument: 'after' },
      )
      .lean<ViewDoc>()
      .exec();
    return doc && toView(doc);
  }
}
