import { z } from 'zod';
import { CalendarDateSchema, ExpectMinSchema, InstantSchema, LineSchema, TextSchema } from './common.ts';
import { ErrorBodySchema } from './errors.ts';
import { DueSchema, IMPORTANCES } from './event.ts';
import { RECORDING_BASES, RECORDING_DAYS } from './file.ts';
import { IdSchema } from './id.ts';
import {
  CONNECTED_MODULES,
  type ConnectedModule,
  EVENT_TYPES,
  type EventType,
  isMachineType,
  TYPES_BY_MODULE,
} from './modules.ts';
import { payloadSchema, withPhonesRead } from './payload.ts';
import { PhoneSchema } from './phone.ts';
import { InnSchema } from './requisites.ts';

// What a connected module says over REST, and what it is answered. One event is one JSON object; many are an array, or
// one object a line.

/** Lines of one stream, bytes of one line, bytes of a body that is no stream. */
export const INGEST_LIMITS = {
  lines: 50_000,
  lineBytes: 64 * 1024,
  items: 1_000,
  jsonBytes: 1024 * 1024,
} as const;

/** A counterparty as the module knows it: by its own code there, tax number, phone or name, in this order. */
const CounterpartyNamedSchema = z
  .strictObject({
    code: LineSchema(60).optional(),
    inn: InnSchema.optional(),
    phone: PhoneSchema.optional(),
    name: LineSchema(200).optional(),
  })
  .refine((named) => Object.values(named).some((value) => value !== undefined), { error: 'required' });
export type CounterpartyNamed = z.infer<typeof CounterpartyNamedSchema>;

/** One event of a module. `externalId` is its key in the module's own books: the same key is the same event. */
export const IngestEventSchema = z
  .strictObject({
    externalId: LineSchema(200),
    type: z.enum(EVENT_TYPES as [EventType, ...EventType[]]),
    title: LineSchema(300),
    body: TextSchema(10_000).default(''),
    importance: z.enum(IMPORTANCES).default('normal'),
    /** Absent: when it is first heard of. */
    occurredAt: InstantSchema.optional(),
    due: DueSchema.nullable().default(null),
    /** Number of the order. */
    order: LineSchema(60).nullable().default(null),
    counterparty: CounterpartyNamedSchema.nullable().default(null),
    itemIds: z.array(LineSchema(60)).max(200).default([]),
    payload: z.record(z.string(), z.unknown()).default({}),
    /** Who did it, as the module names them. */
    author: LineSchema(120).optional(),
  })
  .superRefine((event, ctx) => {
    const parsed = payloadSchema(event.type).safeParse(event.payload);
    for (const issue of parsed.error?.issues ?? [])
      ctx.addIssue({ ...issue, path: ['payload', ...issue.path] } as Parameters<typeof ctx.addIssue>[0]);
  })
  .overwrite((event) => ({ ...event, payload: withPhonesRead(event.type, event.payload) }));
export type IngestEvent = z.infer<typeof IngestEventSchema>;
/** For the document: what is sent as `application/json`. */
export const IngestBodySchema = z.union([
  IngestEventSchema,
  z.array(IngestEventSchema).max(INGEST_LIMITS.items),
]);

export const INGEST_OUTCOMES = ['created', 'changed', 'unchanged', 'refused'] as const;

/** What became of one line, in the order of the lines. `error` stands with `refused` only. */
export const IngestResultSchema = z.strictObject({
  line: z.number().int(),
  externalId: z.string().nullable(),
  outcome: z.enum(INGEST_OUTCOMES),
  id: IdSchema.optional(),
  error: ErrorBodySchema.shape.error.optional(),
});
export type IngestResult = z.infer<typeof IngestResultSchema>;

const outcomes = {
  created: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  refused: z.number().int(),
};
const IngestCountsSchema = z.strictObject({ lines: z.number().int(), ...outcomes });
export type IngestCounts = z.infer<typeof IngestCountsSchema>;

/**
 * The end of an answer that is whole. Where a stream's answer lacks it, send again: nothing goes in twice. `replayFrom`:
 * from when on the administrator wants the module's events once more; `?replayed=` this says that it is done.
 */
const end = { counts: IngestCountsSchema, replayFrom: z.string().nullable() };
export type IngestEnd = { done: true; counts: IngestCounts; replayFrom: string | null };

/** The answer to an array. */
export const IngestResultsSchema = z.strictObject({ items: z.array(IngestResultSchema), ...end });

/** Where the module stands, for its own programs. */
export const IngestStateSchema = z.strictObject({
  module: z.enum(CONNECTED_MODULES),
  types: z.array(z.string()),
  replayFrom: z.string().nullable(),
});
export type IngestState = z.infer<typeof IngestStateSchema>;

export const IngestQuerySchema = z.strictObject({ replayed: InstantSchema.optional() });

/** The types that a token of a module may be given. */
export const typesOfModule = (module: ConnectedModule): EventType[] =>
  (TYPES_BY_MODULE[module] as readonly EventType[]).filter((type) => !isMachineType(type));

export const UNKNOWN_WAYS = ['create', 'refuse'] as const;
export type UnknownWay = (typeof UNKNOWN_WAYS)[number];

export const TokenCreateSchema = z
  .strictObject({
    id: IdSchema.optional(),
    module: z.enum(CONNECTED_MODULES),
    /** Which program holds it, such as «1С, касса». */
    name: LineSchema(80),
    /** Absent: every type of the module. */
    types: z
      .array(z.enum(EVENT_TYPES as [EventType, ...EventType[]]))
      .min(1)
      .max(50)
      .optional(),
    unknownOrders: z.enum(UNKNOWN_WAYS).default('refuse'),
    unknownCounterparties: z.enum(UNKNOWN_WAYS).default('refuse'),
    expiresAt: InstantSchema.nullable().default(null),
    /** It signs what a telephone system sends of itself, and opens nothing else. */
    signs: z.boolean().default(false),
  })
  .superRefine(({ module, types, signs }, ctx) => {
    if (signs && module !== 'calls') ctx.addIssue({ code: 'custom', path: ['signs'], message: 'calls-only' });
    if (types?.some((type) => !typesOfModule(module).includes(type)))
      ctx.addIssue({ code: 'custom', path: ['types'], message: 'type-of-other-module' });
  });
export type TokenCreate = z.infer<typeof TokenCreateSchema>;

/** A token as the administrator sees it: everything but itself. */
export const ModuleTokenSchema = z.strictObject({
  id: IdSchema,
  module: z.enum(CONNECTED_MODULES),
  name: z.string(),
  types: z.array(z.enum(EVENT_TYPES as [EventType, ...EventType[]])),
  signs: z.boolean(),
  unknownOrders: z.enum(UNKNOWN_WAYS),
  unknownCounterparties: z.enum(UNKNOWN_WAYS),
  createdAt: z.string(),
  createdBy: IdSchema,
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  /** Since midnight, in the installation's zone. */
  today: z.strictObject(outcomes),
});
export type ModuleToken = z.infer<typeof ModuleTokenSchema>;

/** What everybody's page knows of a module. */
export const ModuleStateSchema = z.strictObject({
  module: z.enum(CONNECTED_MODULES),
  /** Whether the company uses it. Off: refused at the door, proposed nowhere; what it said before stays. */
  isOn: z.boolean(),
  /** Since when it is silent beyond its time; null: it is not. */
  silentSince: z.string().nullable(),
});
export type ModuleState = z.infer<typeof ModuleStateSchema>;
export const ModuleListedSchema = ModuleStateSchema.extend({ types: z.array(z.string()) });

/** On what ground, and for how many days. */
export const RecordingRuleSchema = z.strictObject({
  basis: z.enum(RECORDING_BASES),
  days: z.number().int().min(1).max(RECORDING_DAYS.most),
});
export type RecordingRule = z.infer<typeof RecordingRuleSchema>;

/** One module, with the tokens through which it is heard. */
export const SourceSchema = ModuleStateSchema.extend({
  /** How long it may be silent, minutes; null: it is not waited for. */
  expectMin: z.number().nullable(),
  lastHeardAt: z.string().nullable(),
  replayFrom: z.string().nullable(),
  /** How recordings of the folder are kept; null: they are not taken. */
  recordings: RecordingRuleSchema.nullable(),
  /** Events of the module since midnight, whoever wrote them. */
  eventsToday: z.strictObject({ n: z.number(), exact: z.boolean() }),
  /** Lines that were refused and wait for somebody. */
  errors: z.number(),
  /** Older ones, of which only the number is kept. */
  errorsLetGo: z.number(),
  tokens: z.array(ModuleTokenSchema),
});
export type Source = z.infer<typeof SourceSchema>;

export const SourceEditSchema = z
  .strictObject({
    module: z.enum(CONNECTED_MODULES),
    isOn: z.boolean().optional(),
    expectMin: ExpectMinSchema.nullable().optional(),
    replayFrom: InstantSchema.nullable().optional(),
    recordings: RecordingRuleSchema.nullable().optional(),
  })
  .refine((edit) => Object.keys(edit).length > 1, { error: 'empty' });
export type SourceEdit = z.infer<typeof SourceEditSchema>;

/** A line that was refused, as it came; cut where `isCut`, when it cannot be tried again from here. */
export const SourceErrorSchema = z.strictObject({
  id: IdSchema,
  module: z.enum(CONNECTED_MODULES),
  tokenId: IdSchema,
  at: z.string(),
  line: z.number(),
  externalId: z.string().nullable(),
  raw: z.string(),
  isCut: z.boolean(),
  error: ErrorBodySchema.shape.error,
});
export type SourceError = z.infer<typeof SourceErrorSchema>;

export const SourceErrorsQuerySchema = z.strictObject({
  module: z.enum(CONNECTED_MODULES).optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const ProposalsQuerySchema = z.strictObject({
  ids: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(IdSchema).min(1).max(50)),
});

export const PROPOSED_BY = ['number', 'inn', 'phone', 'address', 'counterparty'] as const;
/**
 * A payment that an order has already, and by whom: another that is told of may be the same money, or a part of it.
 * Without an event it lay behind the order when it was made here.
 */
export const SamePaymentSchema = z.strictObject({
  eventId: IdSchema.nullable(),
  type: z.enum(EVENT_TYPES as [EventType, ...EventType[]]),
  on: CalendarDateSchema,
  by: z.string(),
  amountKop: z.number().int(),
});
export type SamePayment = z.infer<typeof SamePaymentSchema>;

/** An order that an event may belong to, and by what it was found. The best first. */
export const OrderProposalSchema = z.strictObject({ projectId: IdSchema, by: z.enum(PROPOSED_BY) });
export type OrderProposal = z.infer<typeof OrderProposalSchema>;
/** For one event: orders, and who may be meant that has none, by the number that called. */
export const ProposalsSchema = z.strictObject({
  eventId: IdSchema,
  orders: z.array(OrderProposalSchema),
  /** The one of them to which it may go together with others, without a look; null: a person has to look. */
  sure: IdSchema.nullable(),
  /** What one of the orders has already, if it is a payment. */
  same: SamePaymentSchema.nullable(),
  customers: z.array(IdSchema),
});
export type Proposals = z.infer<typeof ProposalsSchema>;
