import type { Locale } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { View, ViewPreset } from '@svodka/shared/feed/view';
import { translate } from '@svodka/shared/messages/catalogue';
import { Schema } from 'mongoose';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** A saved feed as it is stored. A removed one stays, so that the first visit of its owner is known to be over. */
export type ViewDoc = Omit<View, 'id' | 'name' | 'preset'> & {
  _id: Id;
  ownerId: Id;
  /** Null: that of the preset, in the language of who reads. */
  name: string | null;
  /** What it began as, even when it has a name of its own by now. */
  preset: ViewPreset | null;
  removedAt: Date | null;
};

export const ViewSchema = new Schema<ViewDoc>(
  {
    _id: String,
    ownerId: String,
    name: String,
    preset: String,
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

export function toView(doc: ViewDoc, locale: Locale): View {
  const { _id, filter, icon, order, version } = doc;
  const preset = doc.name === null ? doc.preset : null;
  const name = preset ? translate(locale, `view.${preset}`) : (doc.name ?? '');
  return { id: _id, name, preset, filter, icon, order, version };
}
