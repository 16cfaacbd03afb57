import { z } from 'zod';
import { LineSchema, TextSchema } from './common.ts';
import { type Id, IdSchema } from './id.ts';
import { ORDER_TEMPLATES, type OrderTemplate } from './orders.ts';

export const PROJECT_STATUSES = [
  'request',
  'measure',
  'calculation',
  'contract',
  'prepayment',
  'supply',
  'production',
  'ready',
  'shipment',
  'installation',
  'act',
  'closed',
] as const;
export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

export type Project = {
  id: Id;
  /** Human number such as `318`; unique. */
  number: string;
  counterpartyId: Id | null;
  objectAddress: string;
  managerId: Id | null;
  /** Persons who hear of this project's events and deadlines, beside the manager. */
  appointedIds: Id[];
  status: ProjectStatus;
  /** Which milestones it has. */
  template: OrderTemplate;
  /** Contract sum, kopecks. */
  amountKop: number | null;
  /** Zone in which the project's deadlines live. */
  tz: string;
  note: string;
  createdAt: string;
  version: number;
};

const project = {
  number: LineSchema(60),
  counterpartyId: IdSchema.nullable(),
  objectAddress: z.string().trim().max(300),
  managerId: IdSchema.nullable(),
  appointedIds: z.array(IdSchema).max(30),
  status: z.enum(PROJECT_STATUSES),
  template: z.enum(ORDER_TEMPLATES),
  amountKop: z.number({ error: 'money' }).int().min(0).max(1e13).nullable(),
  note: TextSchema(4000),
};

export const ProjectCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  /** Absent: the server gives one. */
  number: project.number.optional(),
  counterpartyId: project.counterpartyId.default(null),
  objectAddress: project.objectAddress.default(''),
  managerId: project.managerId.default(null),
  appointedIds: project.appointedIds.default([]),
  status: project.status.default('request'),
  template: project.template.default('private'),
  amountKop: project.amountKop.default(null),
  note: project.note.default(''),
});
export type ProjectCreate = z.infer<typeof ProjectCreateSchema>;
export const ProjectEditSchema = z
  .strictObject(project)
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type ProjectEdit = z.infer<typeof ProjectEditSchema>;

/** Query of the directory lists: words are prefixes of the number, name, address or phone. */
export const DirectoryQuerySchema = z.strictObject({
  search: z.string().max(100).optional(),
  ids: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(IdSchema).max(200))
    .optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DirectoryQuery = z.infer<typeof DirectoryQuerySchema>;
