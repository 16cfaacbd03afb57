import { z } from 'zod';
import { LineSchema, ZoneSchema } from './common.ts';
import { IMPORTANCES } from './event.ts';
import type { Id } from './id.ts';
import { type EventType, WRITTEN_TYPES } from './modules.ts';

/**
 * What a column of a CSV file becomes. `dueAt` goes on the last event of a project (see `decisions.md`);
 * columns without a target are kept under `payload.fields`, `ignore` drops one.
 */
export const IMPORT_TARGETS = [
  'title',
  'body',
  'type',
  'importance',
  'occurredAt',
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

export type ImportPreset = { code: string; mapping: ImportMapping; requires: string[] };

export const IMPORT_STATES = ['uploaded', 'running', 'done', 'cancelled', 'failed'] as const;

export type ImportBatch = {
  id: Id;
  fileName: string;
  state: (typeof IMPORT_STATES)[number];
  columns: string[];
  /** Code of the preset that fits the columns, if one does. */
  preset: string | null;
  mapping: ImportMapping | null;
  counts: { rows: number; read: number; created: number; existing: number; errors: number; projects: number };
  startedAt: string | null;
  finishedAt: string | null;
  createdBy: Id;
  createdAt: string;
  failure: string | null;
  version: number;
};

/** The first rows as they would become events, with what is wrong with each. Line numbers count from 1 with the header. */
export type ImportPreview = {
  rows: {
    line: number;
    title: string;
    type: EventType;
    occurredAt: string | null;
    dueAt: string | null;
    project: string | null;
    counterparty: string | null;
    errors: ImportRowError[];
  }[];
};
export type ImportRowError = { line: number; column: string; reason: string; value: string };

export const ImportFileNameSchema = LineSchema(200);
