import { z } from 'zod';
import type { SvodkaEvent } from './event.ts';
import { type Id, IdSchema } from './id.ts';

/** Why somebody is told. `occurred`: an important event; the deadline reasons carry the deadline's own moment. */
export const NOTICE_REASONS = ['occurred', 'approaching', 'due', 'overdue', 'mention'] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

export type Notice = {
  id: Id;
  userId: Id;
  eventId: Id;
  reason: NoticeReason;
  /** How the person stands to the event: the project's manager, an appointed person, or the one who was named. */
  role: 'manager' | 'appointed' | 'mentioned';
  commentId: Id | null;
  /** When the thing happened or fell due. */
  at: string;
  createdAt: string;
  seenAt: string | null;
  version: number;
};

/** A notice as the inbox shows it, with its event as the reader may see it (null: no longer permitted). */
export type NoticeView = Notice & {
  event: SvodkaEvent | null;
  comment: { authorId: Id; body: string } | null;
};

export const NoticeQuerySchema = z.strictObject({
  unread: z.stringbool().default(false),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `POST /api/notices/seen`: the given ones, those of an event that was read, or all. */
export const NoticesSeenSchema = z.union([
  z.strictObject({ eventId: IdSchema }),
  z.strictObject({ ids: z.array(IdSchema).min(1).max(200) }),
  z.strictObject({ all: z.literal(true) }),
]);

export type NoticesSeen = z.infer<typeof NoticesSeenSchema>;

export const DELIVERY_STATES = [
  'queued',
  'sending',
  'sent',
  'kept',
  'held',
  'cancelled',
  'ambiguous',
  'failed',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * One attempt to carry a notice by e-mail. `kept`: no SMTP is configured, so the letter is read in «Почта». `held`: an
 * older copy of the data was put back, nobody knows whether it was sent, and a person decides.
 */
export type Delivery = {
  id: Id;
  noticeId: Id;
  userId: Id;
  to: string;
  subject: string;
  text: string;
  state: DeliveryState;
  /** Why it was cancelled or failed; a stable code such as `seen`, `no-access`, `no-email` or the server's reply. */
  reason: string | null;
  attempts: { at: string; outcome: string }[];
  messageId: string;
  createdAt: string;
  nextAttemptAt: string | null;
  sentAt: string | null;
};

/** `POST /api/deliveries/held`: what becomes of all held letters. */
export const HeldDecisionSchema = z.strictObject({ as: z.enum(['send', 'discard']) });

export const DeliveryQuerySchema = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
