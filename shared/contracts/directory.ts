import { z } from 'zod';
import { EmailSchema, LineSchema, TextSchema } from './common.ts';
import { type Id, IdSchema } from './id.ts';
import { ORDER_TEMPLATES, type OrderTemplate } from './orders.ts';

export const COUNTERPARTY_KINDS = ['person', 'org'] as const;
export const COUNTERPARTY_CATEGORIES = ['customer', 'supplier', 'dealer', 'office', 'special'] as const;

export type Counterparty = {
  id: Id;
  /** Human number such as `C-0107`. */
  number: string;
  kind: (typeof COUNTERPARTY_KINDS)[number];
  name: string;
  categories: (typeof COUNTERPARTY_CATEGORIES)[number][];
  inn: string | null;
  phones: string[];
  emails: string[];
  managerId: Id | null;
  note: string;
  createdAt: string;
  version: number;
};

const PhoneSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/[\s()-]/g, ''))
  .pipe(z.string().regex(/^\+?[0-9]{3,15}$/, { error: 'phone' }));

const counterparty = {
  kind: z.enum(COUNTERPARTY_KINDS),
  name: LineSchema(200),
  categories: z.array(z.enum(COUNTERPARTY_CATEGORIES)).max(COUNTERPARTY_CATEGORIES.length),
  inn: z
    .string()
    .regex(/^(\d{10}|\d{12})$/, { error: 'inn' })
    .nullable(),
  phones: z.array(PhoneSchema).max(10),
  emails: z.array(EmailSchema).max(10),
  managerId: IdSchema.nullable(),
  note: TextSchema(4000),
};

export const CounterpartyCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  kind: counterparty.kind.default('person'),
  name: counterparty.name,
  categories: counterparty.categories.default(['customer']),
  inn: counterparty.inn.default(null),
  phones: counterparty.phones.default([]),
  emails: counterparty.emails.default([]),
  managerId: counterparty.managerId.default(null),
  note: counterparty.note.default(''),
});
export type CounterpartyCreate = z.infer<typeof CounterpartyCreateSchema>;
export const CounterpartyEditSchema = z
  .strictObject(counterparty)
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type CounterpartyEdit = z.infer<typeof CounterpartyEditSchema>;

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
