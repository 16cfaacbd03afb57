import { z } from 'zod';
import {
  CalendarDateSchema,
  InstantSchema,
  LineSchema,
  TextSchema,
  WallTimeSchema,
  ZoneSchema,
} from './common.ts';
import { type Id, IdSchema } from './id.ts';
import { EVENT_TYPES, type EventType, MODULES, type Module, moduleOf } from './modules.ts';
import { type Payload, payloadSchema } from './payload.ts';

export const IMPORTANCES = ['info', 'normal', 'high', 'critical'] as const;
export type Importance = (typeof IMPORTANCES)[number];
/** `recorded`: a fact that asks nothing of anybody. See `shared/rules/status.ts`. */
export const STATUSES = ['open', 'claimed', 'snoozed', 'resolved', 'recorded'] as const;
export type EventStatus = (typeof STATUSES)[number];
export const DUE_STATES = ['none', 'approaching', 'due', 'overdue', 'done'] as const;
export type DueState = (typeof DUE_STATES)[number];
export const VISIBILITIES = ['internal', 'department', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What a connected module says of the origin; unique on (module, externalId). Keys of imports are apart. */
const SourceSchema = z.strictObject({ module: z.enum(MODULES), externalId: LineSchema(200) });

/** An event as it travels: instants are ISO strings in UTC, money is integer kopecks. Hidden fields are not here. */
export type SvodkaEvent = {
  id: Id;
  type: EventType;
  module: Module;
  title: string;
  body: string;
  importance: Importance;
  occurredAt: string;
  recordedAt: string;
  dueAt: string | null;
  /** A date-only deadline: `dueAt` is then 23:59:59 of `dueZone`. */
  dueAllDay: boolean;
  dueZone: string | null;
  /** Wall time of the deadline in `dueZone`: `2026-11-24T18:00` or `2026-11-24`. */
  dueLocal: string | null;
  /** How long before `dueAt` the state turns to approaching, minutes. */
  dueLeadMin: number;
  dueState: DueState;
  projectId: Id | null;
  counterpartyIds: Id[];
  itemIds: string[];
  author: { userId: Id | null; name: string };
  /** `batchId`: it came with this import. */
  source: (z.infer<typeof SourceSchema> & { batchId?: Id }) | null;
  payload: Payload;
  visibility: Visibility;
  departmentId: string | null;
  status: EventStatus;
  resolved: { at: string; by: Id | null } | null;
  deletedAt: string | null;
  counters: { comments: number };
  /** Rises on every write; orders a feed. */
  version: number;
  /** Rises on a person's edits only; guards them (`If-Match`). */
  rev: number;
};

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

const fields = {
  title: LineSchema(300),
  body: TextSchema(10_000).default(''),
  importance: z.enum(IMPORTANCES).default('normal'),
  occurredAt: InstantSchema.optional(),
  due: DueSchema.nullable().default(null),
  projectId: IdSchema.nullable().default(null),
  counterpartyIds: z.array(IdSchema).max(20).default([]),
  itemIds: z.array(LineSchema(60)).max(200).default([]),
  visibility: z.enum(VISIBILITIES).default('internal'),
};

/** Body of `POST /api/events`. The module follows from the type; the author from the session. */
export const EventCreateSchema = z
  .strictObject({
    id: IdSchema.optional(),
    type: z.enum(EVENT_TYPES as [EventType, ...EventType[]]),
    ...fields,
    payload: z.record(z.string(), z.unknown()).default({}),
    source: SourceSchema.optional(),
  })
  .superRefine((event, ctx) => {
    const parsed = payloadSchema(event.type).safeParse(event.payload);
    for (const issue of parsed.error?.issues ?? []) {
      ctx.addIssue({ ...issue, path: ['payload', ...issue.path] } as Parameters<typeof ctx.addIssue>[0]);
    }
  });
export type EventCreate = z.infer<typeof EventCreateSchema>;
export type EventCreateInput = z.input<typeof EventCreateSchema>;

/** Body of `PATCH /api/events/:id`: only what changes. The payload is replaced whole. The type stays. */
export const EventEditSchema = z
  .strictObject({
    title: LineSchema(300),
    body: TextSchema(10_000),
    importance: z.enum(IMPORTANCES),
    occurredAt: InstantSchema,
    due: DueSchema.nullable(),
    projectId: IdSchema.nullable(),
    counterpartyIds: z.array(IdSchema).max(20),
    itemIds: z.array(LineSchema(60)).max(200),
    visibility: z.enum(VISIBILITIES),
    payload: z.record(z.string(), z.unknown()),
  })
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type EventEdit = z.infer<typeof EventEditSchema>;

/** One edit by a person. `changes` maps a field to its value before and after. */
export type Revision = {
  rev: number;
  at: string;
  by: Id | null;
  changes: Record<string, { from: unknown; to: unknown }>;
};

export { moduleOf };
