import type { Id } from '@svodka/shared/contracts/id';
import { EVENT_TYPES, type EventType } from '@svodka/shared/contracts/modules';
import { payloadBefore } from '@svodka/shared/rules/history';
import { LEASE_MS } from '@svodka/shared/rules/hold';
import { type Actor, mayEdit, mayRemove, mayResolve } from '@svodka/shared/rules/permissions';
import { refused } from '../platform/errors/contract-error.ts';
import type { EventDoc, RevisionDoc } from './event.schema.ts';
import { hashOfBody, ownCounterparties } from './event-fields.ts';

type Changes = RevisionDoc['changes'];

const TURNS = ['status', 'claim', 'snooze'];
/** Revisions have their instants as text. */
const INSTANTS = ['occurredAt', 'dueAt', 'deletedAt'];
/** Of which other fields follow. */
const FOLLOWED = ['title', 'body', 'payload', 'projectId', 'counterpartyIds'];

export const isFollowed = (changes: Changes): boolean => FOLLOWED.some((field) => field in changes);

/** What is asked for under a key where the last revision is taken back. */
export const takingBack = (rev: number) => ({ takeBack: rev });

/** Whether a revision takes back the one before it, as far as its key still stands there. */
export const isUndo = ({ rev, asked }: Pick<RevisionDoc, 'rev' | 'asked'>): boolean =>
  asked?.hash === hashOfBody(takingBack(rev - 1));

/** Whether somebody has taken something back under this key before: what was changed after that is nothing to them. */
export const isTakenBack = (
  revisions: readonly RevisionDoc[],
  { id }: Actor,
  key: string | undefined,
): boolean =>
  key !== undefined && revisions.some((each) => each.by === id && each.asked?.key === key && isUndo(each));

/** Who might have made a change may take it back. */
export function mayTakeBack(actor: Actor, event: EventDoc, changes: Changes): boolean {
  const fields = Object.keys(changes);
  if ('deletedAt' in changes) return mayRemove(actor, event);
  return fields.every((field) => TURNS.includes(field)) ? mayResolve(actor, event) : mayEdit(actor, event);
}

/**
 * The event before a revision of it: back to who had it, and to what it was put off for, as if nobody had touched it;
 * what time has ended stays so.
 * @param earlier the revisions before that, newest first
 * @throws AppError `validation`: files go and come by their own way
 */
export function beforeRevision(
  event: EventDoc,
  { changes, at }: RevisionDoc,
  earlier: readonly RevisionDoc[],
  { by, now }: { by: Id; now: Date },
): EventDoc {
  if ('attachments' in changes) throw refused('attachments', 'not-undone');
  const was: Record<string, unknown> = { ...event, counterpartyIds: ownCounterparties(event) };
  for (const [field, { from, to }] of Object.entries(changes)) {
    if (field === 'payload')
      was.payload = payloadBefore(event.payload, from as EventDoc['payload'], to as EventDoc['payload']);
    else if (field === 'claim') was.claim = from === null ? null : heldAnew(from as Id, now);
    else if (field === 'snooze')
      was.snooze = typeof from === 'string' ? putOffAgain(from, earlier, { by, at }) : null;
    else if (field === 'status')
      Object.assign(was, { status: from, resolved: resolution(from, earlier, event) });
    else was[field] = typeof from === 'string' && INSTANTS.includes(field) ? new Date(from) : from;
  }
  if ('deletedAt' in changes) was.deletedBy = was.deletedAt ? by : null;
  return was as EventDoc;
}

/** Who had done it, where it is done again. */
function resolution(
  status: unknown,
  earlier: readonly RevisionDoc[],
  { recordedAt }: EventDoc,
): EventDoc['resolved'] {
  if (status !== 'resolved') return null;
  return resolvedIn(earlier) ?? { at: recordedAt, by: null };
}

/** The last time that it was resolved. @param revisions newest first */
export function resolvedIn(revisions: readonly RevisionDoc[]): NonNullable<EventDoc['resolved']> | null {
  const done = revisions.find(({ changes }) => changes.status?.to === 'resolved');
  return done ? { at: done.at, by: done.by, from: done.changes.status?.from as EventDoc['status'] } : null;
}

const heldAnew = (by: Id, now: Date): EventDoc['claim'] => ({
  by,
  at: now,
  until: new Date(now.getTime() + LEASE_MS),
  from: null,
  reason: null,
});

/** By whom and when it was: what has come since, as long as it was not put off too, brings it back. */
function putOffAgain(
  until: string,
  earlier: readonly RevisionDoc[],
  { by, at }: { by: Id; at: Date },
): EventDoc['snooze'] {
  const done = earlier.find(({ changes }) => changes.snooze?.to === until);
  return { ...awaited(until), by: done?.by ?? by, at: done?.at ?? at };
}

/** What an event was put off until, as its history has it: a moment, or else a type. */
function awaited(text: string): { until: Date | null; type: EventType | null } {
  const type = EVENT_TYPES.find((one) => one === text) ?? null;
  return { type, until: type ? null : new Date(text) };
}
