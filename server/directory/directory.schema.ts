import type { Counterparty, ProjectStatus } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderTemplate } from '@svodka/shared/contracts/orders';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** What both kinds of entries carry beside what people see. Hidden. */
type Kept = {
  createdAt: Date;
  createdBy: Id | null;
  version: number;
  /** Who wrote it last; for the access log. */
  touched?: Touched;
  /** Words for the search. */
  terms: string[];
  /** Set while the entry's events still carry what followed from its earlier state: the mark of the last change. */
  rewrite?: string;
  /** With `rewrite`: who heard of the entry's events and no longer does. They see none of them from now on. */
  taken?: Id[];
};

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

export type CounterpartyDoc = Kept & {
  _id: Id;
  number: string;
  kind: Counterparty['kind'];
  name: string;
  categories: Counterparty['categories'];
  inn: string | null;
  phones: string[];
  emails: string[];
  managerId: Id | null;
  note: string;
};

const kept = {
  createdAt: Date,
  createdBy: String,
  version: Number,
  terms: [String],
  touched: Schema.Types.Mixed,
  rewrite: String,
  taken: { type: [String], default: undefined },
};
const options = { versionKey: false, strict: 'throw', minimize: false } as const;

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
    ...kept,
  },
  { collection: 'projects', ...options },
);

export const CounterpartySchema = new Schema<CounterpartyDoc>(
  {
    _id: String,
    number: String,
    kind: String,
    name: String,
    categories: [String],
    inn: String,
    phones: [String],
    emails: [String],
    managerId: String,
    note: String,
    ...kept,
  },
  { collection: 'counterparties', ...options },
);

const waiting = { key: { rewrite: 1 as const }, partialFilterExpression: { rewrite: { $exists: true } } };

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
      waiting,
    ],
  },
  {
    collection: 'counterparties',
    images: true,
    indexes: [
      { key: { number: 1 }, unique: true },
      { key: { name: 1 } },
      { key: { terms: 1, _id: -1 } },
      { key: { managerId: 1, _id: -1 } },
      waiting,
    ],
  },
];
