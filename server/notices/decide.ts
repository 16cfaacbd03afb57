import type { DueState, Importance } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { type EventType, isMachineType, NOTICED_TYPES } from '@svodka/shared/contracts/modules';
import type { Notice, NoticeReason } from '@svodka/shared/contracts/notice';
import { type DueFields, dueMoments } from '@svodka/shared/rules/due';
import { derivedId } from '../platform/mongo/derived-id.ts';

/** What a decision looks at in one state of an event. */
export type EventImage = DueFields & {
  _id: Id;
  type: EventType;
  importance: Importance;
  occurredAt: Date;
  recordedAt: Date;
  dueAt: Date | null;
  dueState: DueState;
  projectId: Id | null;
  author: { userId: Id | null };
  source: { batchId?: Id; sent?: object } | null;
  resolved?: { by: Id | null } | null;
  deletedAt: Date | null;
};

/** What a decision looks at in one state of a comment. */
export type CommentImage = {
  _id: Id;
  eventId: Id;
  authorId: Id;
  mentionIds: Id[];
  createdAt: Date;
  deletedAt: Date | null;
};

export type Team = { managerId: Id | null; appointedIds: Id[] };

/** Somebody is to be told something. `id` follows from everything else: the notice's own id. */
export type Intent = {
  id: Id;
  userId: Id;
  eventId: Id;
  reason: NoticeReason;
  role: Notice['role'];
  commentId: Id | null;
  at: Date;
};

/** Imported moments older than this make no notice. */
export const FRESH_MS = 24 * 3_600_000;

const ANNOUNCED = ['approaching', 'due', 'overdue'] as const satisfies readonly DueState[];
export type Announced = (typeof ANNOUNCED)[number];
export const isAnnounced = (state: DueState | NoticeReason): state is Announced =>
  (ANNOUNCED as readonly string[]).includes(state);

/** Whether an event, as it stands, is one that its project's people hear of (rule N1). */
function isWorthTelling(event: EventImage): boolean {
  if (event.deletedAt || !event.projectId) return false;
  return event.importance === 'high' || event.importance === 'critical' || NOTICED_TYPES.includes(event.type);
}

/** The deadline state that a change turned to, if it is one that is announced (rule N2). */
function turnedTo(before: EventImage | null, after: EventImage): Announced | null {
  if (after.deletedAt || !after.projectId || !after.dueAt || !isAnnounced(after.dueState)) return null;
  const isSame =
    before?.dueState === after.dueState &&
    before.dueAt?.getTime() === after.dueAt.getTime() &&
    before.projectId === after.projectId;
  return isSame ? null : after.dueState;
}

/** When the state that an event is in began. */
export function begun(event: EventImage, state: Announced): Date | null {
  const moments = dueMoments(event);
  return (
    moments && { approaching: moments.approachingAt, due: moments.dueAt, overdue: moments.overdueAt }[state]
  );
}

/** Manager first, so that who is both is told as the manager. */
function* members({ managerId, appointedIds }: Team): Generator<{ userId: Id; role: Notice['role'] }> {
  if (managerId) yield { userId: managerId, role: 'manager' };
  for (const userId of new Set(appointedIds)) {
    if (userId !== managerId) yield { userId, role: 'appointed' };
  }
}

/** Whether a change can touch any notice: asked first, because most changes do not and the team is a read. */
export function concernsTeam(before: EventImage | null, after: EventImage): boolean {
  return occurs(before, after) || turnedTo(before, after) !== null || turnsByItself(before, after) !== null;
}

const isClosedByItself = ({ type, status, resolved }: EventImage): boolean =>
  isMachineType(type) && status === 'resolved' && resolved?.by === null;

/** What a program has told, and now closes because it is no longer so, or gives back because it is so again. */
export function turnsByItself(before: EventImage | null, after: EventImage): 'closed' | 'back' | null {
  const was = before !== null && isClosedByItself(before);
  if (isClosedByItself(after)) return was ? null : 'closed';
  return was && after.status !== 'resolved' && !after.deletedAt ? 'back' : null;
}

/** The notices by which a team heard of an event. */
export const toldBy = (event: EventImage, team: Team): Id[] =>
  [...members(team)].map(({ userId }) => noticeId('occurred', event.recordedAt, event._id, userId));

/** @param of the instant that the id is made from: one that no edit of the event moves */
const noticeId = (reason: NoticeReason, of: Date, eventId: Id, userId: Id): Id =>
  derivedId(of, 'notice', reason, eventId, userId);

function occurs(before: EventImage | null, after: EventImage): boolean {
  if (!isWorthTelling(after)) return false;
  return !before || !isWorthTelling(before) || before.projectId !== after.projectId;
}

/**
 * Who is to be told what after one change of an event. Pure, and the same for the same change.
 * @param before null: the event is new, or what it was is not known
 */
export function decideEvent(
  before: EventImage | null,
  after: EventImage,
  { team, now }: { team: Team; now: Date },
): Intent[] {
  const isImported = Boolean(after.source?.batchId ?? after.source?.sent);
  const isTold = (moment: Date | null) =>
    !isImported || (moment !== null && now.getTime() - moment.getTime() < FRESH_MS);
  const intents: Intent[] = [];
  const tell = (reason: NoticeReason, at: Date, of: Date, exceptId: Id | null) => {
    for (const { userId, role } of members(team)) {
      if (userId === exceptId) continue;
      const id = noticeId(reason, of, after._id, userId);
      intents.push({ id, userId, eventId: after._id, reason, role, commentId: null, at });
    }
  };
  if (occurs(before, after) && isTold(after.occurredAt)) {
    tell('occurred', after.occurredAt, after.recordedAt, after.author.userId);
  }
  const state = turnedTo(before, after);
  if (state && after.dueAt && isTold(begun(after, state))) {
    tell(state, after.dueAt, after.dueAt, null);
  }
  return intents;
}

/** Who is newly named by one change of a comment (rule N3). Nobody hears of naming themselves. */
export function decideComment(before: CommentImage | null, after: CommentImage): Intent[] {
  if (after.deletedAt) return [];
  const known = new Set([after.authorId, ...(before?.mentionIds ?? [])]);
  return [...new Set(after.mentionIds)]
    .filter((userId) => !known.has(userId))
    .map((userId) => ({
      id: derivedId(after.createdAt, 'notice', 'mention', after._id, userId),
      userId,
      eventId: after.eventId,
      reason: 'mention',
      role: 'mentioned',
      commentId: after._id,
      at: after.createdAt,
    }));
}
