import type { ProjectStatus } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderTemplate } from '@svodka/shared/contracts/orders';
import { Schema } from 'mongoose';
import { ENTRY_OPTIONS, KEPT, type Kept, WAITING } from '../entries/entry.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

export type ProjectDoc = Kept & {
  _id: Id;
  number: string;
  counterpartyId: Id | null;
  objectAddress: string;
  managerId: Id | null;
  appointedIds: Id[];
  status: ProjectStatus;
  /** Absent on older ones: private. */
  template?: OrderTemplate;
  amountKop: number | null;
  tz: string;
  note: string;
};

export const ProjectSchema = new Schema<ProjectDoc>(
  {
    _id: String,
    number: String,
    counterpartyId: String,
    objectAddress: String,
    managerId: String,
    appointedIds: [String],
    status: String,
    template: String,
    amountKop: Number,
    tz: String,
    note: String,
    ...KEPT,
  },
  { collection: 'projects', ...ENTRY_OPTIONS },
);

export const DIRECTORY_INDEXES: CollectionPlan[] = [
  {
    collection: 'projects',
    images: true,
    indexes: [
      { key: { number: 1 }, unique: true },
      { key: { terms: 1, _id: -1 } },
      { key: { managerId: 1, _id: -1 } },
      { key: { appointedIds: 1, _id: -1 } },
      { key: { counterpartyId: 1 } },
      WAITING,
    ],
  },
];
