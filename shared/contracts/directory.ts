import { z } from 'zod';
import { CalendarDateSchema, createOf, LineSchema, MomentSchema, patchOf, TextSchema } from './common.ts';
import { ToldSchema } from './customer.ts';
import { AttachmentsSchema } from './file.ts';
import { IdSchema } from './id.ts';
import { MILESTONE_CODES, ORDER_TEMPLATES, PROJECT_STATUSES } from './order-codes.ts';
import { orderNumber } from './order-number.ts';
import { CHAIN_EDITS, OrderLineSchema } from './orders.ts';

const project = {
  /** Human number such as `318`; unique. */
  number: LineSchema(60),
  counterpartyId: IdSchema.nullable(),
  objectAddress: z.string().trim().max(300),
  managerId: IdSchema.nullable(),
  /** Persons who hear of this project's events and deadlines, beside the manager. */
  appointedIds: z.array(IdSchema).max(30),
  /** Which milestones it has. */
  template: z.enum(ORDER_TEMPLATES),
  /** Contract sum, kopecks. */
  amountKop: z.number({ error: 'money' }).int().min(0).max(1e13).nullable(),
  note: TextSchema(4000),
  /** Of which events its customer is told by letter. */
  told: ToldSchema,
};

/** Its number as people enter it: with its sign or without. */
const entered = { number: project.number.overwrite(orderNumber).min(1) };

export const ProjectSchema = z.strictObject({
  id: IdSchema,
  ...project,
  /** What somebody has set, else what the events make of it (`line.status`). */
  status: z.enum(PROJECT_STATUSES),
  /** Who has set it, and why; null: nobody. */
  statusOverride: z
    .strictObject({
      status: z.enum(PROJECT_STATUSES),
      reason: z.string(),
      by: IdSchema.nullable(),
      at: MomentSchema,
    })
    .nullable(),
  /** Its dates and statuses, derived from its events. */
  line: OrderLineSchema,
  attachments: AttachmentsSchema,
  /** Zone in which the project's deadlines live. */
  tz: z.string(),
  createdAt: MomentSchema,
  version: z.number().int(),
});
export type Project = z.infer<typeof ProjectSchema>;

export const ProjectCreateSchema = createOf(
  {
    id: IdSchema.optional(),
    ...project,
    /** Absent: the server gives one. */
    number: entered.number.optional(),
  },
  {
    counterpartyId: null,
    objectAddress: '',
    managerId: null,
    appointedIds: [],
    template: 'private',
    amountKop: null,
    note: '',
    told: [],
  },
);
export type ProjectCreate = z.infer<typeof ProjectCreateSchema>;
export const ProjectEditSchema = patchOf({ ...project, ...entered });
export type ProjectEdit = z.infer<typeof ProjectEditSchema>;

const ReasonSchema = LineSchema(500);

/** Sets a status against what the events say; null: back to what they say. */
export const StatusOverrideSchema = z.strictObject({
  status: z.enum(PROJECT_STATUSES).nullable(),
  reason: ReasonSchema,
});
export type StatusOverride = z.infer<typeof StatusOverrideSchema>;

/** Decides about one milestone of one order. */
export const ChainEditSchema = z
  .strictObject({
    code: z.enum(MILESTONE_CODES),
    kind: z.enum(CHAIN_EDITS),
    on: CalendarDateSchema.nullable().default(null),
    /** Of a move, the planned day that the mover saw: where it is another by now, somebody was faster. */
    seen: CalendarDateSchema.optional(),
    reason: ReasonSchema,
  })
  .refine(({ kind, on }) => (kind === 'move') === (on !== null), { error: 'required', path: ['on'] });
export type ChainEditAsk = z.infer<typeof ChainEditSchema>;

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

/** How the table of orders may be sorted; `new`: the newest first. */
export const ORDER_SORTS = ['new', 'risk', 'late', 'install', 'debt'] as const;
/** Rows of one group stand together; inside a group the worst first, in a week by the day. */
export const ORDER_GROUPS = ['manager', 'stage', 'week'] as const;

export const OrdersQuerySchema = DirectoryQuerySchema.extend({
  sort: z.enum(ORDER_SORTS).default('new'),
  group: z.enum(ORDER_GROUPS).optional(),
  /** In the text form, of the fields of orders: `stage:ready is:late install:this-week`. */
  filter: z.string().max(4_000).optional(),
});
export type OrdersQuery = z.infer<typeof OrdersQuerySchema>;
export type OrderSort = OrdersQuery['sort'];
