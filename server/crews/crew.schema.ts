import type { Crew } from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

export type CrewDoc = Omit<Crew, 'id' | 'createdAt'> & {
  _id: Id;
  createdAt: Date;
  createdBy: Id | null;
  /** `crewKey` of the name. */
  nameKey: string;
  /** Who wrote it last; for the access log. */
  touched?: Touched;
};

export const CrewSchema = new Schema<CrewDoc>(
  {
    _id: String,
    name: String,
    nameKey: String,
    color: String,
    memberIds: [String],
    memberNames: [String],
    workDays: [Number],
    capacity: Number,
    absences: [{ from: String, to: String, note: String, _id: false }],
    isActive: Boolean,
    createdAt: Date,
    createdBy: String,
    version: Number,
    touched: Schema.Types.Mixed,
  },
  { collection: 'crews', versionKey: false, strict: 'throw', minimize: false },
);

export const CREWS_INDEXES: CollectionPlan[] = [
  { collection: 'crews', images: true, indexes: [{ key: { nameKey: 1 }, unique: true }] },
];

export function toCrew({ _id, createdAt, createdBy: _, nameKey: __, touched: ___, ...crew }: CrewDoc): Crew {
  return { id: _id, ...crew, createdAt: createdAt.toISOString() };
}
