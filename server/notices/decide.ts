import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { DueState } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { isMachineType, MADE_BY_TELLING } from '@svodka/shared/contracts/modules';
import {
  NOTICE_ROLES,
  type Notice,
  type NoticeReason,
  type Suppressed,
} from '@svodka/shared/contracts/notice';
import {
  CHANNELS,
  type Channel,
  type Recipient,
  type Trigger,
  type WatchedField,
} from '@svodka/shared/contracts/notice-rule';
import { dueMoments } from '@svodka/shared/rules/due';
import { keeperOf } from '@svodka/shared/rules/promises';
import { derivedId } from '../platform/mongo/derived-id.ts';
import type { EventImage, OrderImage } from './rules/images.ts';
import { aheadOf, approachAt, missedAt } from './rules/moments.ts';
import { NOBODY, type People, readersOf } from './rules/people.ts';
import type { RuleDoc } from './rules/rule.schema.ts';
import type { CompiledRule, RuleSet } from './rules/rule-set.ts';

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

/** Imported moments older than this make no notice. */
export const FRESH_MS = 24 * 3_600_000;

/** Changes are dated by the store, rules by a node: so far apart they may be. */
const APART_MS = 2_000;

const ANNOUNCED = ['approaching', 'due', 'overdue'] as const satisfies readonly DueState[];
type Announced = (typeof ANNOUNCED)[number];
const isAnnounced = (state: DueState): state is Announced => (ANNOUNCED as readonly string[]).includes(state);

/** The deadline state that a change turned to, if it is one that is announced (rule N2). */
function turnedTo(before: EventImage | null, after: EventImage): Announced | null {
  if (after.deletedAt || !after.dueAt || !isAnnounced(after.dueState)) return null;
  const isSame =
    before?.dueState === after.dueState &&
    before.dueAt?.getTime() === after.dueAt.getTime() &&
    before.projectId === after.projectId;
  return isSame ? null : after.dueState;
}

/** When the state that an event is in began. */
function begun(event: EventImage, state: Announced): Date | null {
  const moments = dueMoments(event);
  return (
    moments && { approaching: moments.approachingAt, due: moments.dueAt, overdue: moments.overdueAt }[state]
  );
}

const isClosedByItself = ({ type, status, resolved }: EventImage): boolean =>
  isMachineType(type) && status === 'resolved' && resolved?.by === null;

/** What a program has told, and now closes because it is no longer so, or gives back because it is so again. */
export function turnsByItself(before: EventImage | null, after: EventImage): 'closed' | 'back' | null {
  const was = before !== null && isClosedByItself(before);
  if (isClosedByItself(after)) return was ? null : 'closed';
  return was && after.status !== 'resolved' && !after.deletedAt ? 'back' : null;
}

/** Rules speak of what is there, and not of what comes of telling somebody: they would hear themselves. */
export const isSpokenOf = (event: EventImage): boolean =>
  event.deletedAt === null && !MADE_BY_TELLING.includes(event.type);

const WATCHED: Record<WatchedField, (event: EventImage) => unknown> = {
  status: ({ status }) => status,
  importance: ({ importance }) => importance,
  due: ({ dueAt }) => dueAt?.getTime() ?? null,
  occurred: ({ occurredAt }) => occurredAt.getTime(),
  type: ({ type }) => type,
  project: ({ projectId }) => projectId,
  title: ({ title }) => title,
  payload: ({ payload }) => JSON.stringify(payload ?? {}),
};

/** That a rule speaks of an event, and why. */
export type Word = {
  compiled: CompiledRule;
  reason: NoticeReason;
  /** What the letter names as the moment of it. */
  at: Date;
  since: Date;
  /** Of which instant and of what it is said once, whoever edits what (N6). */
  key: { of: Date; parts: string[] };
  exceptId: Id | null;
  /** Said to these alone of whom the rule names. */
  only?: Recipient['to'];
  /** Said only if nothing has followed. */
  isUnlessFollowed?: true;
};

export type Around = {
  order: OrderImage | null;
  now: Date;
  /** When the change was written. */
  at: Date;
  /** Where working days are counted of what stands in no order. */
  zone: string;
};

/** The rules that find an event as it stands, whoever its order is of. */
const findingOf = (rules: RuleSet, event: EventImage | null): CompiledRule[] =>
  event && isSpokenOf(event) ? rules.finding(event) : [];

/** Whether a change can touch any rule: asked first, because most changes do not and the order is a read. */
export const concernsRules = (rules: RuleSet, after: EventImage): boolean =>
  findingOf(rules, after).some(({ rule }) => maySpeak(rule.trigger, after));

/** Without a deadline that has turned nobody speaks of one. */
function maySpeak(trigger: Trigger, { dueAt, dueState }: EventImage): boolean {
  switch (trigger.on) {
    case 'approaching':
      return trigger.lead !== null || dueState === 'approaching';
    case 'due':
    case 'overdue':
      return dueAt !== null && (dueState === 'due' || dueState === 'overdue');
    default:
      return true;
  }
}

/** What the rules say to one change of an event. Pure, and the same for the same change. */
export function wordsOf(
  rules: RuleSet,
  before: EventImage | null,
  after: EventImage,
  around: Around,
): Word[] {
  const { order } = around;
  const finding = findingOf(rules, after).filter(({ isOf }) => isOf(order));
  if (finding.length === 0) return [];
  // What was in another order has moved: to this one it is new.
  const isSameOrder = before !== null && before.projectId === after.projectId;
  const found = new Set(isSameOrder ? findingOf(rules, before) : []);
  const imported = Boolean(after.source?.batchId ?? after.source?.sent);
  const isFresh = (moment: Date) => !imported || around.now.getTime() - moment.getTime() < FRESH_MS;
  return finding.flatMap((compiled) => {
    const word = wordOf(compiled, { before, after, wasFound: found.has(compiled), isFresh, ...around });
    // What was so before the rule was written is none of its business.
    const isSince = word && word.since.getTime() + APART_MS >= compiled.rule.since.getTime();
    return isSince ? [word] : [];
  });
}

type Step = Around & {
  before: EventImage | null;
  after: EventImage;
  wasFound: boolean;
  isFresh(moment: Date): boolean;
};

function wordOf(compiled: CompiledRule, step: Step): Word | null {
  const { before, after, wasFound, isFresh, at, now, order } = step;
  const { trigger } = compiled.rule;
  switch (trigger.on) {
    case 'occurred':
      if (!isFresh(after.occurredAt)) return null;
      return wasFound ? handed(compiled, before, after, at) : occurrence(compiled, after, at);
    case 'changed': {
      const read = WATCHED[trigger.field];
      if (!before || before.deletedAt || read(before) === read(after) || !isFresh(at)) return null;
      return changeWord(compiled, after, {
        at,
        by: trigger.field === 'status' ? (after.resolved?.by ?? null) : null,
        version: before.rev === after.rev ? (after.version ?? null) : null,
      });
    }
    case 'approaching': {
      if (trigger.lead === null) break;
      const word = approach(compiled, after, order);
      if (!word || word.since > now || word.at <= now || !isFresh(word.since)) return null;
      const was = wasFound && before ? approach(compiled, before, order) : null;
      if (was && was.at.getTime() === word.at.getTime()) return null;
      return { ...word, since: later(word.since, at) };
    }
    case 'absent': {
      const word = absence(compiled, after, step);
      if (!word || word.since > now || !isFresh(word.since)) return null;
      const was = wasFound && before ? absence(compiled, before, step) : null;
      if (was && was.since.getTime() === word.since.getTime()) return null;
      return { ...word, since: later(word.since, at) };
    }
  }
  return turn(compiled, step);
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);

/** @param of the instant that the id is made from: one that no edit of the event moves */
export const occurrence = (compiled: CompiledRule, event: EventImage, since: Date): Word => ({
  compiled,
  reason: 'occurred',
  at: event.occurredAt,
  since,
  key: { of: event.recordedAt, parts: [event._id] },
  exceptId: event.author.userId,
});

/** A promise that is another's to keep by now has happened to that person only now, and to nobody else. */
function handed(compiled: CompiledRule, before: EventImage | null, after: EventImage, at: Date): Word | null {
  const keeper = keeperOf(after);
  if (!before || !keeper || keeper === keeperOf(before)) return null;
  const by = after.revisions?.at(-1)?.by ?? null;
  return { ...occurrence(compiled, after, at), exceptId: by, only: 'keeper' };
}

/**
 * @param by who made it, as far as it is known: they need not be told
 * @param version of what a program or time has changed: no revision tells it from the one before
 */
export const changeWord = (
  compiled: CompiledRule,
  event: EventImage,
  { at, by, version = null }: { at: Date; by: Id | null; version?: number | null },
): Word => {
  const { trigger } = compiled.rule;
  const field = trigger.on === 'changed' ? trigger.field : '';
  const parts = [event._id, field, String(event.rev ?? 0), ...(version === null ? [] : [String(version)])];
  const key = { of: event.recordedAt, parts };
  return { compiled, reason: 'changed', at, since: at, key, exceptId: by };
};

/** A deadline that has turned to the state which the rule speaks of. */
function turn(compiled: CompiledRule, { before, after, isFresh, at }: Step): Word | null {
  const state = turnedTo(before, after);
  const { trigger } = compiled.rule;
  if (!state || !after.dueAt) return null;
  // A deadline with an hour is due and overdue at once, and is told as the latter.
  const isIt = state === trigger.on || (trigger.on === 'due' && state === 'overdue' && !after.dueAllDay);
  const began = begun(after, state);
  if (!isIt || (trigger.on === 'overdue' && trigger.every) || !began || !isFresh(began)) return null;
  return deadline(compiled, after, state, later(began, at));
}

export const deadline = (compiled: CompiledRule, event: EventImage, state: Announced, since: Date): Word => ({
  compiled,
  reason: state,
  at: event.dueAt as Date,
  since,
  key: { of: event.dueAt as Date, parts: [event._id] },
  exceptId: null,
});

/** What a rule with a lead of its own says of what is ahead, whenever its moment (`since`) is. */
export function approach(compiled: CompiledRule, event: EventImage, order: OrderImage | null): Word | null {
  const { trigger } = compiled.rule;
  const ahead = aheadOf(event, order);
  if (trigger.on !== 'approaching' || !trigger.lead || !ahead) return null;
  const { n, unit } = trigger.lead;
  return {
    compiled,
    reason: 'approaching',
    at: ahead.at,
    since: approachAt(ahead, trigger.lead),
    key: { of: ahead.at, parts: [ahead.of, `${n} ${unit}`] },
    exceptId: null,
  };
}

export function absence(
  compiled: CompiledRule,
  event: EventImage,
  { order, zone }: Pick<Around, 'order' | 'zone'>,
): Word | null {
  const { trigger } = compiled.rule;
  if (trigger.on !== 'absent') return null;
  const { awaits, within } = trigger;
  const since = missedAt(event, order, within, zone);
  return {
    compiled,
    reason: 'absent',
    at: since,
    since,
    key: { of: event.recordedAt, parts: [event._id, awaits, `${within.n} ${within.unit}`] },
    exceptId: null,
    isUnlessFollowed: true,
  };
}

export function repetition(compiled: CompiledRule, event: EventImage, at: Date): Word {
  return { ...deadline(compiled, event, 'overdue', at), key: { of: at, parts: [event._id] } };
}

const mannerOf = ({ _id, channels, delayMinutes, digest, passesQuiet, escalation }: RuleDoc): Manner => ({
  ruleIds: [_id],
  channels,
  delayMinutes,
  isAtOnce: digest === 'at-once',
  passesQuiet,
  escalatesMin: escalation?.afterMinutes ?? null,
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
});

/** What a rule that tells somebody goes before. */
const RANK = [null, 'muted', 'dry'] as const;
const rankOf = ({ suppressed }: Intent): number => RANK.indexOf(suppressed as (typeof RANK)[number]);

type Told = { event: EventImage; order: OrderImage | null; people: People };

/** Whom some words about one event are for: each person once for the same thing, however many rules say it. */
export function intentsOf(words: readonly Word[], { event, order, people }: Told): Intent[] {
  const intents = new Map<Id, Intent>();
  for (const { compiled, reason, at, since, key, exceptId, only } of words) {
    const { rule } = compiled;
    const named = { event, order, people };
    const recipients = only ? rule.recipients.filter(({ to }) => to === only) : rule.recipients;
    const asked = readersOf(recipients, named);
    // Where there is nobody to wait for, those who come next are told first.
    const isNobody = asked.length === 0 && rule.escalation !== null && !only;
    const readers = isNobody ? readersOf(rule.escalation?.recipients ?? [], named) : asked;
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
      const other = intents.get(intent.id);
      if (!other || rankOf(intent) < rankOf(other)) intents.set(intent.id, intent);
      else if (rankOf(intent) === rankOf(other))
        intents.set(intent.id, { ...other, ...both(other, intent), role: firstOf(other.role, role) });
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
  return readersOf(rule.escalation.recipients, { event, order, people }).map(({ userId, role }) => ({
    ...mannerOf(rule),
    escalatesMin: null,
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
};

const HEARD: Manner = { ...NAMED, channels: ['inbox'] };

/** Who may hear of a comment beside those whom it names. `answered`: whose comment it answers. */
export type Listeners = { people: People; followers: readonly Id[]; answered: Id | null };

/**
 * Who is newly named by one change of a comment, each by themselves or with a group (rule N3), and who follows what is
 * said there (T7 of discussions). Each hears of a comment once, and nobody of their own.
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
