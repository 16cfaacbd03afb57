import { z } from 'zod';
import { LineSchema } from '../contracts/common.ts';
import { type Id, IdSchema } from '../contracts/id.ts';
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

/** A saved feed. In this version every view is private to its owner. */
export type View = {
  id: Id;
  /** As its owner has named it; of a preset that keeps its name, that name in the owner's language. */
  name: string;
  /** Set until the owner gives the feed another name: a page shows the name in the language of the screen. */
  preset: ViewPreset | null;
  filter: z.infer<typeof FilterSchema>;
  /** Name of an icon of the left column. */
  icon: string;
  order: number;
  version: number;
};

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

export const ViewCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  name: LineSchema(80),
  filter: FilterSchema,
  icon: z.enum(VIEW_ICONS).default('star'),
  /** For bringing back a removed feed: it is a preset again if it has the name of one. */
  preset: z.enum(VIEW_PRESETS).nullable().default(null),
});
export type ViewCreate = z.infer<typeof ViewCreateSchema>;
export const ViewEditSchema = z
  .strictObject({
    name: LineSchema(80),
    filter: FilterSchema,
    icon: z.enum(VIEW_ICONS),
    order: z.number().int().min(0).max(1000),
  })
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type ViewEdit = z.infer<typeof ViewEditSchema>;
