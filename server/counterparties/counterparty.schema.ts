import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import { ENTRY_OPTIONS, KEPT, type Kept, WAITING } from '../entries/entry.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

export type CounterpartyDoc = Kept &
  Omit<Counterparty, 'id' | 'createdAt' | 'version' | 'kpp' | 'ogrn' | 'contacts'> & {
    _id: Id;
    /** These are absent on older ones. */
    kpp?: string | null;
    ogrn?: string | null;
    contacts?: Counterparty['contacts'];
    /** Hidden from here on. It stands for another: how it came to that, and what the other said before. */
    merged?: {
      into: Id;
      at: Date;
      by: Id | null;
      before: Record<string, unknown>;
      after: Record<string, unknown>;
    };
    /** With `rewrite`: those that it was led to, under which its events may still stand. */
    leaves?: Id[];
    /** When what it said was erased for good (`server/erasure`). */
    erasedAt?: Date;
    /** What another card of the same counterparty would have in common with it. */
    alike?: string[];
  };

export const CounterpartySchema = new Schema<CounterpartyDoc>(
  {
    _id: String,
    number: String,
    kind: String,
    name: String,
    categories: [String],
    inn: String,
    kpp: String,
    ogrn: String,
    phones: [String],
    emails: [String],
    contacts: { type: Schema.Types.Mixed },
    managerId: String,
    note: String,
    attachments: { type: [Schema.Types.Mixed], default: undefined },
    consents: { type: [Schema.Types.Mixed], default: undefined },
    merged: { type: Schema.Types.Mixed },
    leaves: { type: [String], default: undefined },
    alike: { type: [String], default: undefined },
    erasedAt: Date,
    ...KEPT,
  },
  { collection: 'counterparties', ...ENTRY_OPTIONS },
);

export const COUNTERPARTIES_INDEXES: CollectionPlan[] = [
  {
    collection: 'counterparties',
    images: true,
    indexes: [
      { key: { number: 1 }, unique: true },
      { key: { name: 1 } },
      { key: { terms: 1, _id: -1 } },
      { key: { managerId: 1, _id: -1 } },
      { key: { alike: 1 } },
      { key: { 'merged.into': 1 }, partialFilterExpression: { 'merged.into': { $exists: true } } },
      WAITING,
    ],
  },
];
