import { z } from 'zod';
import { LineSchema } from './common.ts';
import { IdSchema } from './id.ts';
import { FileFaultSchema } from './payments.ts';
import { TableAnswerSchema, TableStateSchema } from './tables.ts';

// What has become of the files that were dropped into the watched folder.

/** Files of each result that are shown, and faults of a file. */
export const FOLDER_SHOWN = 20;

/** The sources that are not tables: the files of a bank, and those of a telephone exchange. Their folders are called so. */
export const OWN_SOURCES = ['payments', 'calls'] as const;
const SourceIdSchema = z.union([z.enum(OWN_SOURCES), IdSchema]);

/** A source that is made of files. */
export const FileSourceSchema = z.strictObject({
  id: SourceIdSchema,
  /** The table's name; empty where it is none. */
  name: z.string(),
  /** Where its files may be dropped; null: no folder is watched. */
  folder: z.string().nullable(),
  lastHeardAt: z.string().nullable(),
  /** Of a table, as of a module; null: it belongs to one. */
  table: TableStateSchema.nullable(),
  /** Files that could not be taken and wait for somebody. */
  errors: z.number(),
});
export type FileSource = z.infer<typeof FileSourceSchema>;

export const FolderFileSchema = z.strictObject({
  /** As it lies beside its report. */
  name: z.string(),
  /** As it was dropped. */
  file: z.string(),
  at: z.string(),
  result: z.enum(['failed', 'done']),
  /** Why it failed. */
  why: z.string().nullable(),
  events: z.number(),
  /** What of it was not taken: how much, and the first of it. */
  refused: z.number(),
  faults: z.array(FileFaultSchema),
  /** Of a bank's file: payments that named no order for certain when it was taken. */
  waiting: z.number(),
  /** Of a table: what of it did not fit, as whoever loads it by hand is told. */
  table: TableAnswerSchema.pick({ isCut: true, missing: true, kept: true, people: true }).nullable(),
  /**
   * Of a file of calls: what became of the recordings that its rows name. `missing`: not there; `noBasis`: nobody has said
   * on what ground they are kept, so they lie where they lay.
   */
  recordings: z
    .strictObject({ attached: z.number(), missing: z.number(), noBasis: z.number(), refused: z.number() })
    .nullable(),
});
export type FolderFile = z.infer<typeof FolderFileSchema>;

export const FolderQuerySchema = z.strictObject({ source: SourceIdSchema.default('payments') });
/** Where it was dropped once more, or out of the list. */
export const FolderDeedSchema = z.strictObject({
  source: SourceIdSchema,
  name: LineSchema(300),
  deed: z.enum(['retry', 'forget']),
});
export type FolderDeed = z.infer<typeof FolderDeedSchema>['deed'];
