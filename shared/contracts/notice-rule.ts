import { z } from 'zod';
import { createOf, LineSchema, MomentSchema, patchOf } from './common.ts';
import { SvodkaEventSchema } from './event.ts';
import { IdSchema } from './id.ts';
import { WRITTEN_TYPES } from './modules.ts';
import { WAYS_OUT } from './notice.ts';
import { RefsSchema } from './refs.ts';
import { ROLES } from './user.ts';

/** The rules that a company begins with. Their names are in the catalogue under `rule.<code>`. */
export const RULE_CODES = [
  'important',
  'critical',
  'materials-reserved',
  'prepaid',
  'launched',
  'goods-complete',
  'milestones',
  'approaching',
  'due',
  'overdue',
  'install-tomorrow',
  'install-failed',
  'payment-overdue',
  'complaint',
  'missed-call',
  'promise-given',
  'promise-due',
  'promise-broken',
  'not-launched',
  'undeliverable',
  'shift-given',
  'shift-over',
] as const;
export type RuleCode = (typeof RULE_CODES)[number];

/** `dry`: it decides and is recorded, and tells nobody. */
export const RULE_STATES = ['on', 'off', 'dry'] as const;
export type RuleState = (typeof RULE_STATES)[number];

export const SPAN_UNITS = ['minutes', 'hours', 'workingDays'] as const;
const SpanSchema = z.strictObject({ n: z.number().int().min(1).max(1_000), unit: z.enum(SPAN_UNITS) });
/** Minutes and hours pass by the clock; working days by the calendar of orders, to the same time of day. */
export type Span = z.infer<typeof SpanSchema>;

/** What of an event a rule may watch. */
export const WATCHED_FIELDS = [
  'status',
  'importance',
  'due',
  'occurred',
  'type',
  'project',
  'title',
  'payload',
] as const;
export type WatchedField = (typeof WATCHED_FIELDS)[number];

/** When a rule speaks about an event that its filter finds. */
export const TriggerSchema = z.discriminatedUnion('on', [
  /** It is written, or becomes one that the filter finds. */
  z.strictObject({ on: z.literal('occurred') }),
  z.strictObject({ on: z.literal('changed'), field: z.enum(WATCHED_FIELDS) }),
  /** So long before its deadline; null: when the event itself says that it is near. */
  z.strictObject({ on: z.literal('approaching'), lead: SpanSchema.nullable() }),
  z.strictObject({ on: z.literal('due') }),
  /** When it becomes so; with `every` instead again each time that so much more has passed. */
  z.strictObject({ on: z.literal('overdue'), every: SpanSchema.nullable() }),
  /** So long after it happened nothing of the type `awaits` has followed in its order (without one: of its customer). */
  z.strictObject({ on: z.literal('absent'), awaits: z.enum(WRITTEN_TYPES), within: SpanSchema }),
]);
export type Trigger = z.infer<typeof TriggerSchema>;

/** `author`: who wrote the event; `keeper`: whose it is to do, a promise that another one wrote down or a shift to take over; `head`: who leads the department of the order's manager; `customer`: of the order. */
export const RecipientSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('manager') }),
  z.strictObject({ to: z.literal('appointed'), role: z.enum(ROLES).nullable().default(null) }),
  z.strictObject({ to: z.literal('author') }),
  z.strictObject({ to: z.literal('keeper') }),
  z.strictObject({ to: z.literal('head') }),
  z.strictObject({ to: z.literal('person'), id: IdSchema }),
  z.strictObject({ to: z.literal('role'), role: z.enum(ROLES) }),
  z.strictObject({ to: z.literal('customer') }),
]);
export type Recipient = z.infer<typeof RecipientSchema>;

export const CHANNELS = ['inbox', ...WAYS_OUT] as const;
export type Channel = (typeof CHANNELS)[number];

const RecipientsSchema = z.array(RecipientSchema).min(1).max(20);

const fields = {
  /** Absent where it is one of the starting set that keeps its name. */
  name: LineSchema(120).nullable(),
  state: z.enum(RULE_STATES),
  /** In the text form of the filter language, canonical: of the fields of events; '*' is every event. */
  filter: z.string().trim().max(2_000),
  /** The same of the fields of orders; null: of any order, or of none. */
  orders: z.string().trim().max(2_000).nullable(),
  trigger: TriggerSchema,
  recipients: RecipientsSchema,
  channels: z
    .array(z.enum(CHANNELS))
    .min(1)
    .max(CHANNELS.length)
    .overwrite((channels) => CHANNELS.filter((channel) => channels.includes(channel))),
  /** For how long letters and the like wait for somebody to see the notice on a screen. */
  delayMinutes: z.number().int().min(0).max(10_080),
  /** `person`: as each person has set it. */
  digest: z.enum(['person', 'at-once']),
  /** Whether it reaches people in their quiet hours too. */
  passesQuiet: z.boolean(),
  /** Who is told next when the event still waits for somebody so long after. */
  escalation: z
    .strictObject({ afterMinutes: z.number().int().min(1).max(43_200), recipients: RecipientsSchema })
    .nullable(),
};

export const NoticeRuleSchema = z.strictObject({
  id: IdSchema,
  /** Of the starting set, if it is one of it: its name is then in the catalogue while `name` is null. */
  code: z.enum(RULE_CODES).nullable(),
  ...fields,
  /** Null: a rule of the company. Else it speaks of the orders of this manager only. */
  ownerId: IdSchema.nullable(),
  createdBy: IdSchema.nullable(),
  updatedAt: MomentSchema,
  /** Whether who reads it does not want to hear of it. */
  isMuted: z.boolean(),
  /** How many notices it made within 30 days, up to `MOST_COUNTED`; of a dry one: would have made. */
  told: z.number().int(),
  version: z.number().int(),
});
export type NoticeRule = z.infer<typeof NoticeRuleSchema>;
export const MOST_COUNTED = 1_000;

/** A rule that would tell more than so many on some day is saved only by who is sure of it. */
export const LOUD_PER_DAY = 50;
const isSure = z.boolean();

export const RuleDraftSchema = createOf(fields, {
  name: null,
  state: 'on',
  orders: null,
  channels: ['inbox', 'mail', 'push'],
  delayMinutes: 0,
  digest: 'person',
  passesQuiet: false,
  escalation: null,
});
export type RuleDraft = z.infer<typeof RuleDraftSchema>;
const FIELDS = Object.keys(fields) as (keyof RuleDraft)[];
/** What a rule says, apart from what is told of it. */
export const sayingOf = (rule: RuleDraft): RuleDraft =>
  Object.fromEntries(FIELDS.map((field) => [field, rule[field]])) as RuleDraft;
export const RuleCreateSchema = RuleDraftSchema.extend({
  id: IdSchema.optional(),
  isSure: isSure.default(false),
});
export type RuleCreate = z.infer<typeof RuleCreateSchema>;
export const RuleEditSchema = patchOf({ ...fields, isSure });
export type RuleEdit = z.infer<typeof RuleEditSchema>;

export const RuleMuteSchema = z.strictObject({ isMuted: z.boolean() });

/** What a rule would have done in the last 30 days. */
export const RulePreviewSchema = z.strictObject({
  from: MomentSchema,
  to: MomentSchema,
  /** How often it would have spoken, and how many notices that makes. */
  times: z.number().int(),
  told: z.number().int(),
  /** Notices on the day with the most of them. */
  mostPerDay: z.number().int(),
  /** False: there was more than was looked at, and the numbers are what was found in it. */
  isWhole: z.boolean(),
  /** Whom: by department, where there is none by role; the customers. */
  groups: z.array(
    z.strictObject({
      by: z.enum(['department', 'role', 'customer']),
      /** Of the department its name, of the role its code. */
      name: z.string().nullable(),
      people: z.number().int(),
      told: z.number().int(),
    }),
  ),
  /** The latest, newest first. */
  items: z.array(
    z.strictObject({
      at: MomentSchema,
      event: SvodkaEventSchema,
      userIds: z.array(IdSchema),
      isCustomerTold: z.boolean(),
    }),
  ),
  refs: RefsSchema,
});
export type RulePreview = z.infer<typeof RulePreviewSchema>;
