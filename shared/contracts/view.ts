import { z } from 'zod';
import { FilterSchema } from '../filter/ast.ts';
import { LineSchema } from './common.ts';
import { type Id, IdSchema } from './id.ts';

/** A saved feed. In this version every view is private to its owner. */
export type View = {
  id: Id;
  name: string;
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
