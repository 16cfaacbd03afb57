import type { CustomerType } from '@svodka/shared/contracts/customer';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderTemplate, ProjectStatus } from '@svodka/shared/contracts/order-codes';
import type { ChainEdit } from '@svodka/shared/contracts/orders';
import type { PriorFact } from '@svodka/shared/rules/orders/facts';
import type { KeptLine } from '@svodka/shared/rules/orders/line';
import { Schema } from 'mongoose';
import { ENTRY_OPTIONS, KEPT, type Kept, WAITING } from '../../entries/entry.ts';
import type { CollectionPlan } from '../../platform/mongo/collection-plan.ts';

/**
 * What of its chain stands on an order, written by `server/orders` only. Like the words for the search it is nobody's
 * edit, so the version of the order stays, and it has one of its own.
 */
export type LineDoc = KeptLine;

export type ProjectDoc = Kept & {
  _id: Id;
  number: string;
  /** What of the number is compared (`numberKey`). Hidden; absent where an older order was called so already. */
  numberKey?: string;
  counterpartyId: Id | null;
  /** The customer as somebody named it, where it stands for another by now. Hidden. */
  namedCounterpartyId?: Id | null;
  objectAddress: string;
  managerId: Id | null;
  appointedIds: Id[];
  /** What somebody has set, else what the events make of it. */
  status: ProjectStatus;
  statusOverride?: { status: ProjectStatus; reason: string; by: Id | null; at: Date } | null;
  /** What somebody picked before statuses followed from events: it holds until they say more. */
  picked?: ProjectStatus;
  /** What a table said of it when it came: what had been done by then, no event tells. */
  prior?: PriorFact[];
  /** What people have decided about its milestones, oldest first. */
  chainEdits?: ChainEdit[];
  line: LineDoc;
  /** Ids of the events that were told of its line: deadlines, and what does not fit together (`server/orders`). */
  announced?: string[];
  /** Absent on older ones: private. */
  template?: OrderTemplate;
  amountKop: number | null;
  tz: string;
  note: string;
  attachments?: Attachment[];
  told?: CustomerType[];
};

/** An order without what is derived or decided of it, which is most of it: what its events take from it. */
export type PlainProject = Omit<ProjectDoc, 'line' | 'chainEdits' | 'announced' | 'prior'>;
/** An order as lists show it: what only searches and derivations look at stays in the store. */
export type ListedProject = Omit<ProjectDoc, 'terms' | 'chainEdits' | 'announced' | 'prior'>;

export const ProjectSchema = new Schema<ProjectDoc>(
  {
    _id: String,
    number: String,
    numberKey: String,
    counterpartyId: String,
    namedCounterpartyId: String,
    objectAddress: String,
    managerId: String,
    appointedIds: [String],
    status: String,
    statusOverride: Schema.Types.Mixed,
    picked: String,
    prior: { type: [Schema.Types.Mixed], default: undefined },
    chainEdits: { type: [Schema.Types.Mixed], default: undefined },
    line: Schema.Types.Mixed,
    announced: { type: [String], default: undefined },
    template: String,
    amountKop: Number,
    tz: String,
    note: String,
    attachments: { type: [Schema.Types.Mixed], default: undefined },
    told: { type: [String], default: undefined },
    ...KEPT,
  },
  { collection: 'projects', ...ENTRY_OPTIONS },
);

/** Days of installations that no event has named. */
export const PRIOR_DAY = { 'prior.payload.startOn': 1 } as const;
/** The days that customers wait for: a stretch of them is read by this, whatever it is sorted by. */
export const BY_DAY = { 'line.keys.at': 1 } as const;

export const PROJECTS_INDEXES: CollectionPlan[] = [
  {
    collection: 'projects',
    images: true,
    indexes: [
      { key: { number: 1 }, unique: true },
      { key: { numberKey: 1 }, unique: true, partialFilterExpression: { numberKey: { $exists: true } } },
      { key: { terms: 1, _id: -1 } },
      { key: { managerId: 1, _id: -1 } },
      { key: { appointedIds: 1, _id: -1 } },
      { key: { counterpartyId: 1 } },
      { key: { 'line.staleAt': 1 }, partialFilterExpression: { 'line.staleAt': { $type: 'date' } } },
      { key: { 'line.rules': 1, _id: 1 } },
      // The sorts and groups of the table (`orders-list.ts`).
      { key: { 'line.risk': -1, _id: -1 } },
      { key: { 'line.keys.slip': -1, 'line.risk': -1, _id: -1 } },
      { key: { 'line.keys.on': 1, 'line.risk': -1, _id: -1 } },
      { key: { 'line.keys.debt': -1, _id: -1 } },
      { key: { managerId: 1, 'line.risk': -1, _id: -1 } },
      // One manager's, by the day of installation: else all of the days are passed for a twelfth of them.
      { key: { managerId: 1, 'line.keys.on': 1, 'line.risk': -1, _id: -1 } },
      // One status, the worst first: what is asked for most often beside one manager.
      { key: { status: 1, 'line.risk': -1, _id: -1 } },
      // Those that are late, paused, complained of: few, and counted again and again.
      { key: { 'line.keys.flags': 1, 'line.risk': -1, _id: -1 } },
      { key: BY_DAY },
      { key: PRIOR_DAY },
      // The calendar of deadlines.
      { key: { 'line.keys.days': 1 } },
      { key: { 'line.keys.stage': 1, 'line.risk': -1, _id: -1 } },
      {
        key: { namedCounterpartyId: 1 },
        partialFilterExpression: { namedCounterpartyId: { $type: 'string' } },
      },
      WAITING,
    ],
  },
];
