import { z } from 'zod';
import { LineSchema, patchOf } from '../contracts/common.ts';
import { IdSchema } from '../contracts/id.ts';
import { FilterSchema } from '../filter/schema.ts';

/** The feeds that people begin with, each by their roles. Their names are in the catalogue under `view.<preset>`. */
export const VIEW_PRESETS = [
  'today-important',
  'overdue',
  'due-soon',
  'payments-week',
  'installs',
  'missed-calls',
  'money-open',
  'requests',
  'complaints',
  'customer-specifics',
  'measures',
  'measure-sheets',
] as const;
export type ViewPreset = (typeof VIEW_PRESETS)[number];

export const VIEW_ICONS = [
  'inbox',
  'flame',
  'alarm',
  'money',
  'install',
  'calls',
  'ruler',
  'box',
  'flag',
  'star',
] as const;

/** A saved feed. In this version every view is private to its owner. */
export const ViewSchema = z.strictObject({
  id: IdSchema,
  /** As its owner has named it; of a preset that keeps its name, that name in the owner's language. */
  name: z.string(),
  /** Set until the owner gives the feed another name: a page shows the name in the language of the screen. */
  preset: z.enum(VIEW_PRESETS).nullable(),
  filter: FilterSchema,
  /** Name of an icon of the left column. */
  icon: z.enum(VIEW_ICONS),
  order: z.number().int(),
  version: z.number().int(),
});
export type View = z.infer<typeof ViewSchema>;

export const ViewCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  name: LineSchema(80),
  filter: FilterSchema,
  icon: z.enum(VIEW_ICONS).default('star'),
  /** For bringing back a removed feed: it is a preset again if it has the name of one. */
  preset: z.enum(VIEW_PRESETS).nullable().default(null),
});
export type ViewCreate = z.infer<typeof ViewCreateSchema>;
export const ViewEditSchema = patchOf({
  name: LineSchema(80),
  filter: FilterSchema,
  icon: z.enum(VIEW_ICONS),
  order: z.number().int().min(0).max(1000),
});
export type ViewEdit = z.infer<typeof ViewEditSchema>;
