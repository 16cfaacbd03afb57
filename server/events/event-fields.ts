import { hash } from 'node:crypto';
import { DEFAULT_LEAD_MIN, type Due, type Visibility } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { deadlineOf, dueStateAt, nextDueChangeAt } from '@svodka/shared/rules/due';
import { type Held, lapsed, nextLapseAt } from '@svodka/shared/rules/hold';
import { keeperOf } from '@svodka/shared/rules/promises';
import { standingOf } from '../counterparties/counterparties.repository.ts';
import { audienceOfProject } from '../orders/projects/projects.service.ts';
import { refused } from '../platform/errors/contract-error.ts';
import type { EventDoc } from './event.schema.ts';
import { type Surroundings, termsOfEvent } from './event-terms.ts';

type DeadlineFields = Pick<EventDoc, 'dueAt' | 'dueAllDay' | 'dueZone' | 'dueLocal' | 'dueLeadMin'>;

/** The deadline's fields as stored. @param zone where it lives unless it says so itself */
export function deadlineFields(due: Due | null, zone: string): DeadlineFields {
  if (due) return deadlineOf(due, zone);
  return { dueAt: null, dueAllDay: false, dueZone: null, dueLocal: null, dueLeadMin: DEFAULT_LEAD_MIN };
}

/** What time does to it as of now: due state, what has lapsed, and when any of it changes next. Deleted events rest. */
export function timedFields(
  event: DeadlineFields & Held,
  now: Date,
): Pick<EventDoc, 'dueState' | 'nextDueChangeAt'> & ReturnType<typeof lapsed> {
  const over = lapsed(event, now);
  const stands = { ...event, ...over };
  const ahead = [nextDueChangeAt(stands, now), nextLapseAt(stands)].flatMap((at) => at?.getTime() ?? []);
  return {
    ...over,
    dueState: dueStateAt(stands, now),
    nextDueChangeAt: event.deletedAt || ahead.length === 0 ? null : new Date(Math.min(...ahead)),
  };
}

/** Of an event that has just come to be: nobody has edited it, deleted it or said anything about it. */
export const untouched = (): Pick<
  EventDoc,
  'deletedAt' | 'deletedBy' | 'counters' | 'version' | 'rev' | 'revisions'
> => ({ deletedAt: null, deletedBy: null, counters: { comments: 0 }, version: 1, rev: 1, revisions: [] });

/**
 * The fields that follow from elsewhere: the project's counterparty joins the event's, those who hear of it, the words
 * under which it is found.
 * @param event its counterparties as they are named, without one that an earlier project added
 */
export function derivedFields(
  event: Pick<
    EventDoc,
    'type' | 'title' | 'body' | 'payload' | 'attachments' | 'counterpartyIds' | 'namedIds'
  > & {
    commentTerms?: string[];
    audienceIds?: Id[];
  },
  { project, counterparties: around }: Surroundings,
): Pick<EventDoc, 'counterpartyIds' | 'addedCounterpartyId' | 'namedIds' | 'audienceIds' | 'terms'> {
  const named = [...new Set(event.counterpartyIds)];
  const standing = standingOf(new Map(around.map((doc) => [doc._id, doc])));
  const own = [...new Set(named.map((id) => standing.chainOf(id).at(-1) ?? id))];
  const isLed = own.join() !== named.join();
  const counterparties = own.flatMap((id) => standing.docs.get(id) ?? []);
  const ofProject = project?.counterpartyId ?? null;
  const added = ofProject && !own.includes(ofProject) ? ofProject : null;
  const audience = project
    ? audienceOfProject(project)
    : event.type === 'shift.handover' && event.audienceIds
      ? // Whom it is given to; nothing else says so.
        event.audienceIds
      : [...new Set(counterparties.flatMap(({ managerId }) => managerId ?? []))];
  const keeper = keeperOf(event);
  return {
    counterpartyIds: added ? [...own, added] : own,
    addedCounterpartyId: added,
    ...((isLed || event.namedIds) && { namedIds: isLed ? named : null }),
    audienceIds: keeper && !audience.includes(keeper) ? [...audience, keeper] : audience,
    terms: termsOfEvent(event, { project, counterparties }),
  };
}

/** An event's counterparties as they were named, without the one that is there only because of its project. */
export const ownCounterparties = (
  event: Pick<EventDoc, 'counterpartyIds' | 'addedCounterpartyId' | 'namedIds'>,
): Id[] => event.namedIds ?? event.counterpartyIds.filter((id) => id !== event.addedCounterpartyId);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** The same for the same request, however its fields are ordered. */
export const hashOfBody = (body: unknown): string =>
  hash('sha256', JSON.stringify(sorted(body)), 'base64url');

/** Clocks differ; plans have a deadline instead of a future time. */
const AHEAD_MS = 5 * 60_000;

/** When it was: as somebody says, or else when it was written. @throws AppError `validation` for what is still to come */
export function occurredOf(given: string | undefined, now: Date, ago = 0): Date {
  const at = given === undefined ? new Date(now.getTime() - ago) : new Date(given);
  if (at.getTime() > now.getTime() + AHEAD_MS) throw refused('occurredAt', 'in-future');
  return at;
}

/** «Department only» of no department would hide the event from whoever writes it. */
export function refuseNobodys(visibility: Visibility | undefined, departmentId: string | null): void {
  if (visibility === 'department' && departmentId === null) throw refused('visibility', 'no-department');
}
