import type { Id } from '@svodka/shared/contracts/id';
import type { View } from '@svodka/shared/contracts/view';
import { Schema } from 'mongoose';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** A saved feed as it is stored. A removed one stays, so that the first visit of its owner is known to be over. */
export type ViewDoc = Omit<View, 'id'> & { _id: Id; ownerId: Id; removedAt: Date | null };

export const ViewSchema = new Schema<ViewDoc>(
  {
    _id: String,
    ownerId: String,
    name: String,
    filter: Schema.Types.Mixed,
    icon: String,
    order: Number,
    version: Number,
    removedAt: Date,
  },
  {
    collection: 'views',
    versionKey: false,
    autoIndex: false,
    autoCreate: false,
    strict: 'throw',
    minimize: false,
  },
);

export const VIEWS_INDEXES: CollectionPlan[] = [
  { collection: 'views', images: false, indexes: [{ key: { ownerId: 1, order: 1, _id: 1 } }] },
];

export function toView({ _id, name, filter, icon, order, version }: ViewDoc): View {
  return { id: _id, name, filter, icon, order, version };
}
