import { z } from 'zod';
import { LineSchema, MomentSchema, ZoneSchema } from './common.ts';
import { IMPORTANCES } from './event.ts';
import { IdSchema } from './id.ts';
import { type EventType, WRITTEN_TYPES } from './modules.ts';
import { DialectSchema, DOUBTS } from './table.ts';

export const PAYLOAD_TARGETS = [
  'payload.amountKop',
  'payload.method',
  'payload.docNo',
  'payload.from',
  'payload.to',
  'payload.durationMs',
  'payload.areaM2',
  'payload.startOn',
  'payload.finishOn',
  'payload.count',
  'payload.total',
  'payload.reason',
  'payload.material',
  'payload.quantity',
  'payload.crew',
  'payload.topic',
] as const;

/**
 * What a column of a table becomes. `dueAt` goes on the last event of a project (see `decisions.md`); `occurredTime` is
 * the time of day where it stands in a column of its own; `phone` and `inn` are those of the counterparty; `payload.…` are
 * fields of those types that have them. Columns without a target are kept under `payload.fields`, `ignore` drops one.
 */
export const IMPORT_TARGETS = [
  'title',
  'body',
  'type',
  'importance',
  'occurredAt',
  'occurredTime',
  'dueAt',
  'project',
  'counterparty',
  'phone',
  'inn',
  'author',
  'externalId',
  'status',
  ...PAYLOAD_TARGETS,
  'keep',
  'ignore',
] as const;
export type ImportTarget = (typeof IMPORT_TARGETS)[number];

const WordsSchema = <const T extends readonly [string, ...string[]]>(codes: T) =>
  z.record(z.string().max(60), z.enum(codes)).refine((words) => Object.keys(words).length <= 60);

export const ImportMappingSchema = z.strictObject({
  columns: z.record(z.string().max(200), z.enum(IMPORT_TARGETS)).refine((c) => Object.keys(c).length <= 500),
  /** Type of rows whose own type column is absent or unknown. */
  type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]).default('note.free'),
  importance: z.enum(IMPORTANCES).default('normal'),
  /** Zone of times without an offset. */
  zone: ZoneSchema.default('Europe/Moscow'),
  /** Where a deadline stands when several rows of one project repeat it. */
  due: z.enum(['each', 'last']).default('last'),
  /** What stands first in dates like 05/03/2026, where the column does not prove it. */
  order: z.enum(['dmy', 'mdy']).nullable().default(null),
  /** Words of another system for ours. */
  words: z
    .strictObject({
      type: WordsSchema(WRITTEN_TYPES as [EventType, ...EventType[]]),
      importance: WordsSchema(IMPORTANCES),
      status: WordsSchema(['open', 'recorded', 'resolved'] as const),
    })
    .partial()
    .default({}),
  /** Where the records come from: within one source a number is one record. Null: as it was proposed. */
  source: LineSchema(60).nullable().default(null),
  /** Whether records that are there and say something else now are changed. */
  update: z.boolean().default(false),
  /** Whether records that were deleted here come back. */
  restore: z.boolean().default(false),
});
export type ImportMapping = z.infer<typeof ImportMappingSchema>;

export const ImportPresetSchema = z.strictObject({
  code: z.string(),
  mapping: ImportMappingSchema,
  requires: z.array(z.string()),
});
export type ImportPreset = z.infer<typeof ImportPresetSchema>;

export const IMPORT_STATES = [
  'uploaded',
  'running',
  'done',
  'cancelled',
  'failed',
  'undoing',
  'undone',
] as const;

const CountSchema = z.number().int();

/** What a column holds, by all of its values. */
export const ColumnSurveySchema = z.strictObject({
  name: z.string(),
  looks: z.enum(['date', 'number', 'phone', 'text', 'empty']),
  /** Which of day and month comes first, as its values prove; `open`: they do not, and it matters. */
  dates: z.enum(['dmy', 'mdy', 'open']).nullable(),
  /** Numbers that count days or seconds. */
  numbers: z.enum(['serial', 'stamp']).nullable(),
  /** How many values are there before. */
  repeats: z.number().int(),
  /** Its different values, the most frequent first, where they are few. */
  words: z.array(z.string()),
});
export type ColumnSurvey = z.infer<typeof ColumnSurveySchema>;

/** How records of a source are told apart. */
export const IMPORT_KEYS = ['number', 'number+order', 'content'] as const;

export const ImportBatchSchema = z.strictObject({
  id: IdSchema,
  fileName: z.string(),
  state: z.enum(IMPORT_STATES),
  columns: z.array(z.string()),
  /** How the file is read; null: an import of an earlier version. */
  dialect: DialectSchema.nullable(),
  /** Of a workbook. */
  sheets: z.array(z.string()),
  /** What the file does not tell for certain. */
  doubts: z.array(z.enum(DOUBTS)),
  /** Bytes that no letter is made of. */
  badBytes: CountSchema,
  survey: z.array(ColumnSurveySchema),
  /** The source that it belongs to; while it is not started, the one that is proposed. */
  source: z.string().nullable(),
  /** Null: not decided yet. */
  keyBy: z.enum(IMPORT_KEYS).nullable(),
  /** Code of the preset that fits the columns, if one does. */
  preset: z.string().nullable(),
  mapping: ImportMappingSchema.nullable(),
  counts: z.strictObject({
    rows: CountSchema,
    read: CountSchema,
    created: CountSchema,
    existing: CountSchema,
    changed: CountSchema,
    deleted: CountSchema,
    errors: CountSchema,
    projects: CountSchema,
  }),
  startedAt: MomentSchema.nullable(),
  finishedAt: MomentSchema.nullable(),
  createdBy: IdSchema,
  createdAt: MomentSchema,
  failure: z.string().nullable(),
  version: z.number().int(),
});
export type ImportBatch = z.infer<typeof ImportBatchSchema>;

export const ImportRowErrorSchema = z.strictObject({
  line: z.number().int(),
  column: z.string(),
  reason: z.string(),
  value: z.string(),
  /** The cells of the row, with the first of its errors. */
  values: z.array(z.string()).optional(),
});
export type ImportRowError = z.infer<typeof ImportRowErrorSchema>;

/** The first rows as they would become events, with what is wrong with each. Line numbers count from 1 with the header. */
export const ImportPreviewSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      line: z.number().int(),
      title: z.string(),
      type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]),
      occurredAt: MomentSchema.nullable(),
      dueAt: MomentSchema.nullable(),
      project: z.string().nullable(),
      counterparty: z.string().nullable(),
      errors: z.array(ImportRowErrorSchema),
    }),
  ),
});
export type ImportPreview = z.infer<typeof ImportPreviewSchema>;

export const ImportFileNameSchema = LineSchema(200);
