import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type {
  CustomerLetter,
  Delivery,
  DeliveryState,
  Notice,
  NoticeReason,
  Suppressed,
  WayOut,
} from '@svodka/shared/contracts/notice';
import type { Channel } from '@svodka/shared/contracts/notice-rule';
import type { Doing } from '@svodka/shared/feed/socket';
import { Schema } from 'mongoose';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';
import { RULES_COLLECTION } from './rules/rule.schema.ts';

export type NoticeDoc = {
  /** Follows from what it is about (SPEC N6). */
  _id: Id;
  userId: Id;
  eventId: Id;
  reason: NoticeReason;
  role: Notice['role'];
  commentId: Id | null;
  at: Date;
  createdAt: Date;
  seenAt: Date | null;
  /** Absent on older ones, which no rule of this kind made: so are the fields below. */
  ruleIds?: Id[];
  channels?: Channel[];
  delayMinutes?: number;
  isAtOnce?: boolean;
  passesQuiet?: boolean;
  /** When those come next whom its rules name, unless somebody has done something; null: nobody does, or they came. */
  escalateAt?: Date | null;
  /** What was to follow the event, and did not. */
  awaits?: EventType[];
  /** Its reader has put it off; `projectId`: whose event brings it back. */
  snooze?: { until: Date | null; type: EventType | null; projectId: Id | null; at: Date } | null;
  /** Null: it was told. Else it stands in no inbox and is here to say why not. */
  suppressed?: Suppressed | null;
  version: number;
};

/** Whether it stands in an inbox: what its rules carry by other ways only does not. */
export const isListed = ({ channels }: NoticeDoc): boolean => !channels || channels.includes('inbox');

export type DeliveryDoc = {
  _id: Id;
  /** Absent in old data: mail. */
  channel?: WayOut;
  /** Null of a letter to a customer, and so is the user; and of one to try the way. */
  noticeId: Id | null;
  userId: Id | null;
  /** Absent on letters to people of the house. */
  customer?: CustomerLetter | null;
  /** It waits for others, and goes together with them. */
  isGathered?: boolean;
  /** The delivery that it went with. */
  intoId?: Id;
  to: string;
  subject: string;
  text: string;
  /** As it looks; of letters only. */
  html?: string;
  state: DeliveryState;
  reason: string | null;
  attempts: { at: Date; outcome: string }[];
  messageId: string;
  createdAt: Date;
  /** When a worker may take it: while `sending`, when the lease ends. Null in a final state. */
  nextAttemptAt: Date | null;
  sentAt: Date | null;
  /** Rises with every claim; a worker whose number is outdated has lost it. */
  fence: number;
  /** The final dot is next or was sent: from here on, no answer means that nobody knows. */
  isDotted: boolean;
  /** Attempts since it was queued that were refused or not answered; chooses the pause. */
  refusals: number;
  /** A person asked for it: a seen notice does not cancel it. */
  isAsked: boolean;
};

/** A page that somebody sits before. `until`: ms; `feed`: which one of the desk, if it shows the desk. */
export type Page = {
  userId: Id;
  name: string;
  until: number;
  feed: string | null;
  eventId: Id | null;
  doing: Doing | null;
  field: string | null;
};
/** One per node, with the pages that it serves. Of former versions: one per person. */
export type PresenceDoc = { _id: Id; until: Date; pages?: Page[] };

const options = { versionKey: false, autoIndex: false, autoCreate: false, minimize: false } as const;

export const NoticeSchema = new Schema<NoticeDoc>(
  {
    _id: String,
    userId: String,
    eventId: String,
    reason: String,
    role: String,
    commentId: String,
    at: Date,
    createdAt: Date,
    seenAt: Date,
    ruleIds: { type: [String], default: undefined },
    channels: { type: [String], default: undefined },
    delayMinutes: Number,
    isAtOnce: Boolean,
    passesQuiet: Boolean,
    escalateAt: Date,
    awaits: { type: [String], default: undefined },
    snooze: Schema.Types.Mixed,
    suppressed: String,
    version: Number,
  },
  { ...options, collection: 'notices' },
);

export const DeliverySchema = new Schema<DeliveryDoc>(
  {
    _id: String,
    channel: String,
    noticeId: String,
    userId: String,
    customer: Schema.Types.Mixed,
    isGathered: Boolean,
    intoId: String,
    to: String,
    subject: String,
    text: String,
    html: String,
    state: String,
    reason: String,
    attempts: [{ _id: false, at: Date, outcome: String }],
    messageId: String,
    createdAt: Date,
    nextAttemptAt: Date,
    sentAt: Date,
    fence: Number,
    isDotted: Boolean,
    refusals: Number,
    isAsked: Boolean,
  },
  { ...options, collection: 'deliveries' },
);

export const NOTICES_INDEXES: CollectionPlan[] = [
  {
    collection: 'notices',
    images: true,
    indexes: [
      { key: { userId: 1, suppressed: 1, createdAt: -1, _id: -1 } },
      { key: { userId: 1, suppressed: 1, seenAt: 1, createdAt: -1, _id: -1 } },
      { key: { eventId: 1, createdAt: 1 } },
      {
        key: { 'snooze.until': 1 },
        partialFilterExpression: { 'snooze.until': { $type: 'date' } },
      },
      {
        key: { 'snooze.type': 1 },
        partialFilterExpression: { 'snooze.type': { $type: 'string' } },
      },
      {
        key: { escalateAt: 1 },
        partialFilterExpression: { escalateAt: { $type: 'date' } },
      },
      { key: { ruleIds: 1, createdAt: -1 } },
      // For retention.
      { key: { createdAt: 1 } },
    ],
  },
  {
    collection: 'deliveries',
    images: false,
    indexes: [
      { key: { createdAt: -1, _id: -1 } },
      { key: { state: 1, createdAt: -1, _id: -1 } },
      { key: { noticeId: 1 } },
      // Only live deliveries have a time: the relay's range over this index holds nothing else.
      { key: { nextAttemptAt: 1 } },
      // What waits for one person, and how many letters they had within the hour.
      { key: { userId: 1, state: 1, sentAt: -1 } },
      { key: { intoId: 1 } },
    ],
  },
  { collection: 'presence', images: false, indexes: [] },
  RULES_COLLECTION,
  { collection: 'push_devices', images: false, indexes: [{ key: { userId: 1 } }, { key: { sessionId: 1 } }] },
];

export function toNotice({ _id, at, createdAt, seenAt, ...doc }: NoticeDoc): Notice {
  return {
    id: _id,
    userId: doc.userId,
    eventId: doc.eventId,
    reason: doc.reason,
    role: doc.role,
    commentId: doc.commentId,
    at: at.toISOString(),
    createdAt: createdAt.toISOString(),
    seenAt: seenAt?.toISOString() ?? null,
    ruleIds: doc.ruleIds ?? [],
    awaits: doc.awaits ?? [],
    snooze: doc.snooze ? { until: doc.snooze.until?.toISOString() ?? null, type: doc.snooze.type } : null,
    version: doc.version,
  };
}

export function toDelivery({
  _id,
  attempts,
  createdAt,
  nextAttemptAt,
  sentAt,
  ...doc
}: DeliveryDoc): Delivery {
  return {
    id: _id,
    channel: doc.channel ?? 'mail',
    noticeId: doc.noticeId,
    userId: doc.userId,
    customer: doc.customer ?? null,
    intoId: doc.intoId ?? null,
    to: doc.to,
    subject: doc.subject,
    text: doc.text,
    state: doc.state,
    reason: doc.reason,
    attempts: attempts.map(({ at, outcome }) => ({ at: at.toISOString(), outcome })),
    messageId: doc.messageId,
    createdAt: createdAt.toISOString(),
    nextAttemptAt: doc.state === 'sending' ? null : (nextAttemptAt?.toISOString() ?? null),
    sentAt: sentAt?.toISOString() ?? null,
  };
}
