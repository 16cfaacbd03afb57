import { z } from 'zod';
import { InstantSchema, MomentSchema } from './common.ts';
import { CUSTOMER_TYPES, LetterWordsSchema } from './customer.ts';
import { SvodkaEventSchema, TypeSchema } from './event.ts';
import { IdSchema } from './id.ts';

/**
 * Why somebody is told. The deadline reasons carry the deadline's own moment. `absent`: what was to follow did not;
 * `escalated`: the event waits still, and those who were told first have done nothing. `comment`: somebody has said
 * something where the reader follows.
 */
export const NOTICE_REASONS = [
  'occurred',
  'changed',
  'approaching',
  'due',
  'overdue',
  'absent',
  'escalated',
  'mention',
  'comment',
] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

/** Whoever is several of them is told as the first. */
export const NOTICE_ROLES = [
  'manager',
  'appointed',
  'keeper',
  'author',
  'head',
  'person',
  'role',
  'mentioned',
  'group',
  'follower',
] as const;

export const NoticeSchema = z.strictObject({
  id: IdSchema,
  userId: IdSchema,
  eventId: IdSchema,
  reason: z.enum(NOTICE_REASONS),
  /** How the person stands to the event, or by what the rule calls them. */
  role: z.enum(NOTICE_ROLES),
  commentId: IdSchema.nullable(),
  /** When the thing happened or fell due. */
  at: MomentSchema,
  createdAt: MomentSchema,
  seenAt: MomentSchema.nullable(),
  /** The rules that made it; none: somebody was named. */
  ruleIds: z.array(IdSchema),
  /** What was to follow the event and did not, where that is the reason. */
  awaits: z.array(TypeSchema),
  /** Put off until a time, or until an event of this type on the order; null: it is not. */
  snooze: z.strictObject({ until: MomentSchema.nullable(), type: TypeSchema.nullable() }).nullable(),
  version: z.number().int(),
});
export type Notice = z.infer<typeof NoticeSchema>;

/**
 * Why somebody whom a rule names is not told: the rule is dry, they may not see the event or are not let in any more,
 * or do not want to hear of the rule.
 */
export const SUPPRESSED = ['dry', 'no-access', 'disabled', 'muted'] as const;
export type Suppressed = (typeof SUPPRESSED)[number];

/** A notice as the inbox shows it, with its event as the reader may see it (null: no longer permitted). */
export const NoticeViewSchema = NoticeSchema.extend({
  event: SvodkaEventSchema.nullable(),
  comment: z.strictObject({ authorId: IdSchema, body: z.string() }).nullable(),
});
export type NoticeView = z.infer<typeof NoticeViewSchema>;

export const NoticeQuerySchema = z.strictObject({
  unread: z.stringbool().default(false),
  /** Those that were put off, and no others. */
  snoozed: z.stringbool().default(false),
  reason: z.enum(NOTICE_REASONS).optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `POST /api/notices/seen`: the given ones, those of an event that was read, or all. */
export const NoticesSeenSchema = z.union([
  z.strictObject({ eventId: IdSchema }),
  z.strictObject({ ids: z.array(IdSchema).min(1).max(200) }),
  z.strictObject({ all: z.literal(true) }),
]);

/** `POST /api/notices/snooze`: until a time, or until something happens on the order, whichever is first. */
export const NoticesSnoozeSchema = z
  .strictObject({
    ids: z.array(IdSchema).min(1).max(200),
    until: InstantSchema.optional(),
    type: TypeSchema.optional(),
  })
  .refine(({ until, type }) => until !== undefined || type !== undefined, {
    error: 'required',
    path: ['until'],
  });
export type NoticesSnooze = z.infer<typeof NoticesSnoozeSchema>;

export type NoticesSeen = z.infer<typeof NoticesSeenSchema>;

/** What carries a notice beyond the pages that are open. */
export const WAYS_OUT = ['mail', 'push', 'webhook'] as const;
export type WayOut = (typeof WAYS_OUT)[number];

export const DELIVERY_STATES = [
  'queued',
  'sending',
  'sent',
  'gathered',
  'kept',
  'held',
  'cancelled',
  'ambiguous',
  'failed',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A letter to the customer of an order: about which event, and of what kind. */
const CustomerLetterSchema = z.strictObject({
  /** Null: the order had no customer. */
  counterpartyId: IdSchema.nullable(),
  projectId: IdSchema,
  eventId: IdSchema,
  kind: z.enum(CUSTOMER_TYPES),
});
export type CustomerLetter = z.infer<typeof CustomerLetterSchema>;

/**
 * What carries a notice by one channel. `gathered`: it went into the letter of another (`intoId`). `kept`: no SMTP is
 * configured, so the letter is read in «Почта». `held`: a person decides, because an older copy of the data was put back
 * and nobody knows whether it was sent, or because customers have had no letter of this kind yet.
 */
export const DeliverySchema = z.strictObject({
  id: IdSchema,
  channel: z.enum(WAYS_OUT),
  /** Null, and nobody of the house, of a letter to a customer; no notice either is in one to try the way. */
  noticeId: IdSchema.nullable(),
  userId: IdSchema.nullable(),
  customer: CustomerLetterSchema.nullable(),
  intoId: IdSchema.nullable(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  state: z.enum(DELIVERY_STATES),
  /** Why it was cancelled or failed; a stable code such as `seen`, `no-access`, `no-email` or the server's reply. */
  reason: z.string().nullable(),
  attempts: z.array(z.strictObject({ at: MomentSchema, outcome: z.string() })),
  messageId: z.string(),
  createdAt: MomentSchema,
  nextAttemptAt: MomentSchema.nullable(),
  sentAt: MomentSchema.nullable(),
});
export type Delivery = z.infer<typeof DeliverySchema>;

/** `POST /api/deliveries/trial`: by which channel something is to reach who asks. */
export const TrialSchema = z.strictObject({
  channel: z.enum(['mail', 'push']),
  /** A letter to customers, to see how it arrives. */
  words: LetterWordsSchema.optional(),
});

/** `POST /api/deliveries/held`: what becomes of all held letters. */
export const HeldDecisionSchema = z.strictObject({ as: z.enum(['send', 'discard']) });

export const DeliveryQuerySchema = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
