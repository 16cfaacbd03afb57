import type { Id } from '@svodka/shared/contracts/id';
import {
  type ImportBatch,
  ImportCountsSchema,
  type ImportFinding,
  type ImportMapping,
  type ImportRowError,
} from '@svodka/shared/contracts/import';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';
import { LOAD_COLLECTIONS } from './payments/loads.repository.ts';
import { SOURCE_COLLECTIONS } from './source.schema.ts';
import { TABLE_COLLECTIONS } from './tables/table.schema.ts';

/** One uploaded file and what became of it. The file itself lies in GridFS (`importFiles`) under the same id. */
export type ImportDoc = Omit<
  ImportBatch,
  'id' | 'startedAt' | 'finishedAt' | 'createdAt' | 'checkedAt' | 'mapping'
> & {
  _id: string;
  mapping: ImportMapping | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  createdAt: Date;
  /** Absent on older ones. */
  checkedAt?: Date | null;
  /** The columns, whatever their case and order: files of one program have them alike. Absent on older ones. */
  columnsKey?: string;
  /** Who takes it back, while that goes on. */
  undoneBy?: string | null;
  /** Who has uploaded, started, stopped or undone it, whichever was last; its steps are nobody's. Absent on older ones. */
  touched?: Touched;
  /** Whoever runs the batch renews it; a batch whose lease has run out was left by a process that died. */
  leaseUntil: Date | null;
};

/** The first errors of a batch; further ones are only counted. */
export type ImportErrorDoc = ImportRowError & { _id: string; batchId: string };

export type FindingDoc = ImportFinding & { _id: string; batchId: Id };

export type LinkKind = 'counterparties' | 'orders';
/** Which card stands for a record of a source. Its `_id` is the record's key, after its kind. */
export type LinkDoc = {
  _id: string;
  kind: LinkKind;
  recordId: Id;
  /** The import that made it, or said that it is the same as a card that was here; null: it is not to be undone. */
  batchId: Id | null;
  line: number;
  /** Whether the import made the card, and as which version it left it. */
  made: boolean;
  version: number;
  /** What the record said, a hash of each field. */
  sent: Record<string, string>;
};

const counts = Object.fromEntries(Object.keys(ImportCountsSchema.shape).map((name) => [name, Number]));

export const ImportSchema = new Schema<ImportDoc>(
  {
    _id: String,
    fileName: String,
    state: String,
    columns: [String],
    dialect: Schema.Types.Mixed,
    sheets: [String],
    doubts: [String],
    badBytes: Number,
    survey: Schema.Types.Mixed,
    source: String,
    anew: Schema.Types.Mixed,
    columnsKey: String,
    keyBy: String,
    undoneBy: String,
    touched: Schema.Types.Mixed,
    preset: String,
    mapping: Schema.Types.Mixed,
    counts,
    startedAt: Date,
    finishedAt: Date,
    createdBy: String,
    createdAt: Date,
    checkedAt: Date,
    failure: String,
    leaseUntil: Date,
    version: Number,
  },
  { collection: 'imports', versionKey: false, autoIndex: false, minimize: false },
);

export const ImportErrorSchema = new Schema<ImportErrorDoc>(
  {
    _id: String,
    batchId: String,
    line: Number,
    column: String,
    reason: String,
    value: String,
    values: { type: [String], default: undefined },
  },
  { collection: 'import_errors', versionKey: false, autoIndex: false },
);

export const SOURCES_INDEXES: CollectionPlan[] = [
  ...SOURCE_COLLECTIONS,
  ...TABLE_COLLECTIONS,
  ...LOAD_COLLECTIONS,
  {
    collection: 'imports',
    images: true,
    indexes: [
      { key: { createdAt: -1, _id: -1 } },
      { key: { state: 1, leaseUntil: 1 } },
      { key: { columnsKey: 1, createdAt: -1 } },
      { key: { source: 1, createdAt: -1 } },
    ],
  },
  {
    collection: 'import_findings',
    images: false,
    indexes: [{ key: { batchId: 1, kind: 1, line: 1, _id: 1 } }],
  },
  {
    collection: 'import_links',
    images: false,
    indexes: [{ key: { batchId: 1, kind: -1, line: 1 } }, { key: { recordId: 1 } }],
  },
  { collection: 'import_errors', images: false, indexes: [{ key: { batchId: 1, line: 1, _id: 1 } }] },
];
