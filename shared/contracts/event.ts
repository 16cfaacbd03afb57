import { z } from 'zod';
import {
  CalendarDateSchema,
  createOf,
  InstantSchema,
  LineSchema,
  MomentSchema,
  patchOf,
  TextSchema,
  WallTimeSchema,
  ZoneSchema,
} from './common.ts';
import { AttachmentsSchema } from './file.ts';
import { IdSchema } from './id.ts';
import { EVENT_TYPES, type EventType, MODULES } from './modules.ts';
import { type Payload, payloadSchema, withPhonesRead } from './payload.ts';

export const IMPORTANCES = ['info', 'normal', 'high', 'critical'] as const;
export type Importance = (typeof IMPORTANCES)[number];
/** `recorded`: a fact that asks nothing of anybody; `snoozed`: open again by itself. See `shared/rules/status.ts`. */
export const STATUSES = ['open', 'snoozed', 'resolved', 'recorded'] as const;
export type EventStatus = (typeof STATUSES)[number];
export const DUE_STATES = ['none', 'approaching', 'due', 'overdue', 'done'] as const;
export type DueState = (typeof DUE_STATES)[number];
export const VISIBILITIES = ['internal', 'department', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What a connected module says of the origin; unique on (module, externalId). Keys of imports are apart. */
const SourceSchema = z.strictObject({ module: z.enum(MODULES), externalId: LineSchema(200) });

export const DEFAULT_LEAD_MIN = 24 * 60;

/** The deadline as a person states it: an instant, or a wall time (or a whole day) in a zone. */
export const DueSchema = z.union([
  z.strictObject({ at: InstantSchema, leadMin: z.number().int().min(0).max(43_200).optional() }),
  z.strictObject({
    local: z.union([CalendarDateSchema, WallTimeSchema]),
    zone: ZoneSchema.optional(),
    leadMin: z.number().int().min(0).max(43_200).optional(),
  }),
]);
export type Due = z.infer<typeof DueSchema>;

/** What people write of an event as it stays. */
const fields = {
  title: LineSchema(300),
  body: TextSchema(10_000),
  importance: z.enum(IMPORTANCES),
  projectId: IdSchema.nullable(),
  counterpartyIds: z.array(IdSchema).max(20),
  itemIds: z.array(LineSchema(60)).max(200),
  visibility: z.enum(VISIBILITIES),
};
const asked = {
  occurredAt: InstantSchema,
  due: DueSchema.nullable(),
  payload: z.record(z.string(), z.unknown()),
};
export const TypeSchema = z.enum(EVENT_TYPES as [EventType, ...EventType[]]);

/** Who works on an event, until when unless they go on. Who is left to it stays open: a claim is no status. */
const ClaimSchema = z.strictObject({
  by: IdSchema,
  at: MomentSchema,
  until: MomentSchema,
  /** Who has handed it over, or whom it was taken from; `reason`: why, where somebody else held it. */
  from: IdSchema.nullable(),
  reason: z.string().nullable(),
});

/** Put off until a moment, until an event of a type on its order, or until whichever comes first. */
const SnoozeSchema = z.strictObject({
  by: IdSchema,
  at: MomentSchema,
  until: MomentSchema.nullable(),
  type: TypeSchema.nullable(),
});

/** An event as it travels: instants are ISO strings in UTC, money is integer kopecks. Hidden fields are not here. */
export const SvodkaEventSchema = z.strictObject({
  id: IdSchema,
  type: TypeSchema,
  module: z.enum(MODULES),
  ...fields,
  occurredAt: MomentSchema,
  recordedAt: MomentSchema,
  dueAt: MomentSchema.nullable(),
  /** A date-only deadline: `dueAt` is then 23:59:59 of `dueZone`. */
  dueAllDay: z.boolean(),
  dueZone: z.string().nullable(),
  /** Wall time of the deadline in `dueZone`: `2026-11-24T18:00` or `2026-11-24`. */
  dueLocal: z.string().nullable(),
  /** How long before `dueAt` the state turns to approaching, minutes. */
  dueLeadMin: z.number().int(),
  dueState: z.enum(DUE_STATES),
  author: z.strictObject({ userId: IdSchema.nullable(), name: z.string() }),
  /** `batchId`: it came with this import. */
  source: SourceSchema.extend({ batchId: IdSchema.optional() }).nullable(),
  payload: z.looseObject({
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  }) as unknown as z.ZodType<Payload>,
  departmentId: z.string().nullable(),
  status: z.enum(STATUSES),
  resolved: z.strictObject({ at: MomentSchema, by: IdSchema.nullable() }).nullable(),
  claim: ClaimSchema.nullable(),
  snooze: SnoozeSchema.nullable(),
  deletedAt: MomentSchema.nullable(),
  attachments: AttachmentsSchema,
  counters: z.strictObject({ comments: z.number().int() }),
  /** Rises on every write; orders a feed. */
  version: z.number().int(),
  /** Rises on a person's edits only; guards them (`If-Match`). */
  rev: z.number().int(),
});
export type SvodkaEvent = z.infer<typeof SvodkaEventSchema>;

/** What an event says of which nothing is said. */
export const NEW_EVENT = {
  body: '',
  importance: 'normal' as const,
  projectId: null,
  counterpartyIds: [],
  itemIds: [],
  visibility: 'internal' as const,
  due: null,
  payload: {},
};

/** Body of `POST /api/events`. The module follows from the type; the author from the session. */
export const EventCreateSchema = createOf(
  {
    id: IdSchema.optional(),
    type: TypeSchema,
    ...fields,
    ...asked,
    occurredAt: asked.occurredAt.optional(),
    source: SourceSchema.optional(),
  },
  NEW_EVENT,
)
  .superRefine((event, ctx) => {
    const parsed = payloadSchema(event.type).safeParse(event.payload);
    for (const issue of parsed.error?.issues ?? []) {
      ctx.addIssue({ ...issue, path: ['payload', ...issue.path] } as Parameters<typeof ctx.addIssue>[0]);
    }
  })
  .overwrite((event) => ({ ...event, payload: withPhonesRead(event.type, event.payload) }));
export type EventCreate = z.infer<typeof EventCreateSchema>;
export type EventCreateInput = z.input<typeof EventCreateSchema>;

/** Of what had to wait for a line: the longest that a device can have kept it, ms. */
export const WAITED_MOST_MS = 31 * 24 * 3_600_000;

/** Body of `PATCH /api/events/:id`: only what changes. The payload is replaced whole. The type stays. */
export const EventEditSchema = patchOf({
  ...fields,
  ...asked,
  /** Why, for the history: it changes nothing by itself. */
  reason: LineSchema(500),
});
export type EventEdit = z.infer<typeof EventEditSchema>;

/** Body of `POST /api/events/:id/claim`. `to`: it is handed to that person; `reason`: needed where somebody else holds it. */
export const ClaimAskSchema = z.strictObject({ to: IdSchema.optional(), reason: LineSchema(200).optional() });
export type ClaimAsk = z.infer<typeof ClaimAskSchema>;

/** Body of `POST /api/events/:id/snooze`: at least one of the two. */
export const SnoozeAskSchema = z
  .strictObject({ until: InstantSchema.optional(), type: TypeSchema.optional() })
  .refine(({ until, type }) => until !== undefined || type !== undefined, {
    error: 'required',
    path: ['until'],
  });
export type SnoozeAsk = z.infer<typeof SnoozeAskSchema>;

/** One edit by a person. `changes` maps a field to its value before and after. */
export const RevisionSchema = z.strictObject({
  rev: z.number().int(),
  at: MomentSchema,
  by: IdSchema.nullable(),
  /** Why, where the editor has said so. */
  reason: z.string().optional(),
  /** It takes back the one before it. */
  isUndo: z.literal(true).optional(),
  changes: z.record(z.string(), z.strictObject({ from: z.unknown(), to: z.unknown() })),
});
export type Revision = z.infer<typeof RevisionSchema>;
