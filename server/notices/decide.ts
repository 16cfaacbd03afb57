import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import {
  NOTICE_ROLES,
  type Notice,
  type NoticeReason,
  type Suppressed,
} from '@svodka/shared/contracts/notice';
import { CHANNELS, type Channel } from '@svodka/shared/contracts/notice-rule';
import { derivedId } from '../platform/mongo/derived-id.ts';
import type { EventImage, OrderImage } from './rules/images.ts';
import { NOBODY, type People, readersOf } from './rules/people.ts';
import type { RuleDoc } from './rules/rule.schema.ts';
import type { Word } from './rules/words.ts';

/** What a decision looks at in one state of a comment. */
export type CommentImage = {
  _id: Id;
  eventId: Id;
  authorId: Id;
  mentionIds: Id[];
  groups?: MentionGroup[];
  createdAt: Date;
  deletedAt: Date | null;
};

/** How the rules that tell somebody want it told. */
export type Manner = {
  ruleIds: Id[];
  channels: Channel[];
  delayMinutes: number;
  isAtOnce: boolean;
  passesQuiet: boolean;
  /** After how many minutes those come next whom the rules name; null: nobody does. */
  escalatesMin: number | null;
  /** What was to follow, and did not. */
  awaits: EventType[];
};

/** Somebody is to be told something, or was to be. `id` follows from everything else: the notice's own id. */
export type Intent = Manner & {
  id: Id;
  userId: Id;
  eventId: Id;
  reason: NoticeReason;
  role: Notice['role'];
  commentId: Id | null;
  at: Date;
  /** When there was reason to tell it. */
  since: Date;
  suppressed: Suppressed | null;
};

const mannerOf = ({
  _id,
  trigger,
  channels,
  delayMinutes,
  digest,
  passesQuiet,
  escalation,
}: RuleDoc): Manner => ({
  ruleIds: [_id],
  channels,
  delayMinutes,
  isAtOnce: digest === 'at-once',
  passesQuiet,
  escalatesMin: escalation?.afterMinutes ?? null,
  awaits: trigger.on === 'absent' ? [trigger.awaits] : [],
});

/** Two rules that say the same to the same person are one notice: by every channel of both, as soon as either wants. */
const both = (a: Manner, b: Manner): Manner => ({
  ruleIds: [...a.ruleIds, ...b.ruleIds],
  channels: CHANNELS.filter((channel) => a.channels.includes(channel) || b.channels.includes(channel)),
  delayMinutes: Math.min(a.delayMinutes, b.delayMinutes),
  isAtOnce: a.isAtOnce || b.isAtOnce,
  passesQuiet: a.passesQuiet || b.passesQuiet,
  escalatesMin:
    a.escalatesMin === null || b.escalatesMin === null
      ? (a.escalatesMin ?? b.escalatesMin)
      : Math.min(a.escalatesMin, b.escalatesMin),
  awaits: [...new Set([...a.awaits, ...b.awaits])],
});

/** Rules that speak together: what one tells goes before what another was not to, and dry ones are told apart. */
const rankOf = ({ suppressed }: Intent): number => Number(suppressed !== null);
const togetherOf = ({ id, suppressed }: Intent): string => (suppressed === 'dry' ? `dry ${id}` : id);

type Told = { event: EventImage; order: OrderImage | null; people: People };

/** Whom some words about one event are for: each person once for the same thing, however many rules say it, and once more where dry ones would. */
export function intentsOf(words: readonly Word[], { event, order, people }: Told): Intent[] {
  const intents = new Map<string, Intent>();
  for (const { compiled, reason, at, since, key, exceptId, only } of words) {
    const { rule } = compiled;
    const named = { event, order, people };
    const recipients = only ? rule.recipients.filter(({ to }) => to === only) : rule.recipients;
    const asked = readersOf(rule, recipients, named);
    // Where there is nobody to wait for, those who come next are told first.
    const isNobody = asked.length === 0 && rule.escalation !== null && !only;
    const readers = isNobody ? readersOf(rule, rule.escalation?.recipients ?? [], named) : asked;
    for (const { userId, role } of readers) {
      if (userId === exceptId && role !== 'author') continue;
      const suppressed = rule.state === 'dry' ? 'dry' : rule.mutedBy.includes(userId) ? 'muted' : null;
      const intent: Intent = {
        ...mannerOf(rule),
        ...(isNobody && { escalatesMin: null }),
        id: noticeId(reason, key.of, key.parts, userId),
        userId,
        eventId: event._id,
        reason,
        role,
        commentId: null,
        at,
        since,
        suppressed,
      };
      const together = togetherOf(intent);
      const other = intents.get(together);
      if (!other || rankOf(intent) < rankOf(other)) intents.set(together, intent);
      else if (rankOf(intent) === rankOf(other))
        intents.set(together, { ...other, ...both(other, intent), role: firstOf(other.role, role) });
    }
  }
  return [...intents.values()];
}

const firstOf = (a: Notice['role'], b: Notice['role']): Notice['role'] =>
  NOTICE_ROLES.indexOf(a) <= NOTICE_ROLES.indexOf(b) ? a : b;

/** The parts stand in the order in which they stood when ids were first made of them. */
function noticeId(reason: NoticeReason, of: Date, [subject = '', ...more]: string[], userId: Id): Id {
  return derivedId(of, 'notice', reason, subject, userId, ...more);
}

/** Who comes next when those who were told of an event have done nothing, by one of the rules that told them. */
export function escalationOf(
  rule: RuleDoc,
  notice: { reason: NoticeReason; at: Date; createdAt: Date },
  { event, order, people }: Told,
): Intent[] {
  if (!rule.escalation || rule.state !== 'on') return [];
  return readersOf(rule, rule.escalation.recipients, { event, order, people }).map(({ userId, role }) => ({
    ...mannerOf(rule),
    escalatesMin: null,
    awaits: [],
    id: noticeId(
      'escalated',
      notice.at,
      [event._id, notice.reason, notice.at.toISOString(), rule._id],
      userId,
    ),
    userId,
    eventId: event._id,
    reason: 'escalated',
    role,
    commentId: null,
    at: notice.at,
    since: notice.createdAt,
    suppressed: rule.mutedBy.includes(userId) ? 'muted' : null,
  }));
}

const NAMED: Manner = {
  ruleIds: [],
  channels: ['inbox', 'mail', 'push'],
  delayMinutes: 0,
  isAtOnce: false,
  passesQuiet: false,
  escalatesMin: null,
  awaits: [],
};

const HEARD: Manner = { ...NAMED, channels: ['inbox'] };

/** Who may hear of a comment beside those whom it names. `answered`: whose comment it answers. */
export type Listeners = { people: People; followers: readonly Id[]; answered: Id | null };

/**
 * Who is newly named by one change of a comment, each by themselves or with a group (rule N3), and who follows what is
 * said there (DI7 of discussions). Each hears of a comment once, and nobody of their own.
 */
export function decideComment(
  before: CommentImage | null,
  after: CommentImage,
  since: Date,
  { people, followers, answered }: Listeners = { people: NOBODY, followers: [], answered: null },
): Intent[] {
  if (after.deletedAt) return [];
  const told = new Set([after.authorId, ...(before?.mentionIds ?? [])]);
  const fresh = (ids: readonly Id[]) => ids.filter((id) => !told.has(id) && told.add(id)); // each once, as the first of these
  const intent = (
    userId: Id,
    reason: 'mention' | 'comment',
    role: Intent['role'],
    manner = NAMED,
  ): Intent => ({
    ...manner,
    id: derivedId(after.createdAt, 'notice', reason, after._id, userId),
    userId,
    eventId: after.eventId,
    reason,
    role,
    commentId: after._id,
    at: after.createdAt,
    since,
    suppressed: null,
  });
  const named = fresh(after.mentionIds).map((id) => intent(id, 'mention', 'mentioned'));
  const known = new Set((before?.groups ?? []).map(groupKey));
  const groups = (after.groups ?? []).filter((group) => !known.has(groupKey(group)));
  const inGroups = fresh(groups.flatMap((group) => people.ofGroup(group))).map((id) =>
    intent(id, 'mention', 'group'),
  );
  if (before) return [...named, ...inGroups];
  // An answer is waited for; what else is said is there for whoever looks.
  const follow = fresh(followers).map((id) =>
    intent(id, 'comment', 'follower', id === answered ? NAMED : HEARD),
  );
  return [...named, ...inGroups, ...follow];
}

const groupKey = (group: MentionGroup) => ('role' in group ? `role ${group.role}` : `of ${group.department}`);
