import { z } from 'zod';
import { LineSchema, MomentSchema, ZoneSchema } from './common.ts';
import { IMPORTANCES } from './event.ts';
import { IdSchema } from './id.ts';
import { type EventType, WRITTEN_TYPES } from './modules.ts';
import { DialectSchema, DOUBTS } from './table.ts';

/**
 * What a column of a CSV file becomes. `dueAt` goes on the last event of a project (see `decisions.md`);
 * `occurredTime` is the time of day where it stands in a column of its own;
 * columns without a target are kept under `payload.fields`, `ignore` drops one.
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
  'author',
  'externalId',
  'status',
  'keep',
  'ignore',
] as const;
export type ImportTarget = (typeof IMPORT_TARGETS)[number];

export const ImportMappingSchema = z.strictObject({
  columns: z.record(z.string().max(200), z.enum(IMPORT_TARGETS)).refine((c) => Object.keys(c).length <= 200),
  /** Type of rows whose own type column is absent or unknown. */
  type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]).default('note.free'),
  importance: z.enum(IMPORTANCES).default('normal'),
  /** Zone of times without an offset. */
  zone: ZoneSchema.default('Europe/Moscow'),
  /** Where a deadline stands when several rows of one project repeat it. */
  due: z.enum(['each', 'last']).default('last'),
});
export type ImportMapping = z.infer<typeof ImportMappingSchema>;

export const ImportPresetSchema = z.strictObject({
  code: z.string(),
  mapping: ImportMappingSchema,
  requires: z.array(z.string()),
});
export type ImportPreset = z.infer<typeof ImportPresetSchema>;

export const IMPORT_STATES = ['uploaded', 'running', 'done', 'cancelled', 'failed'] as const;

const CountSchema = z.number().int();

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
  /** Code of the preset that fits the columns, if one does. */
  preset: z.string().nullable(),
  mapping: ImportMappingSchema.nullable(),
  counts: z.strictObject({
    rows: CountSchema,
    read: CountSchema,
    created: CountSchema,
    existing: CountSchema,
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
