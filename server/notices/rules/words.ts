import type { DueState } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { isMachineType, MADE_BY_TELLING } from '@svodka/shared/contracts/modules';
import type { NoticeReason } from '@svodka/shared/contracts/notice';
import type { Recipient, Trigger, WatchedField } from '@svodka/shared/contracts/notice-rule';
import { dueMoments } from '@svodka/shared/rules/due';
import { keeperOf } from '@svodka/shared/rules/promises';
import type { EventImage, OrderImage } from './images.ts';
import { aheadOf, approachAt, missedAt } from './moments.ts';
import type { CompiledRule, RuleSet } from './rule-set.ts';

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
