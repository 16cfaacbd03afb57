import { hashOfBody } from '../../events/event-fields.ts';
import type { Moment } from '../reading/dates.ts';
import type { Draft } from './row.ts';

/** What an import says of one thing, a hash of each, as modules do; by it the next file is told from this one. */
export const saidIn = (said: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(said)
      .filter(([, value]) => value !== null && value !== '')
      .map(([field, value]) => [field, hashOfBody(value).slice(0, 12)]),
  );

export const dueOf = ({ at, day }: Moment, zone: string | undefined) =>
  day ? { local: day, zone } : { at: at.toISOString() };

/** What a row says of its event. */
export const sentOf = (draft: Draft, zone: string | undefined): Record<string, string> =>
  saidIn({
    title: draft.title,
    body: draft.body,
    importance: draft.importance,
    occurredAt: draft.isPlan ? null : draft.occurredAt.toISOString(),
    due: draft.due && dueOf(draft.due, zone),
    order: draft.project,
    counterparty: draft.counterparty,
    author: draft.author ? { userId: null, name: draft.author } : null,
    payload: draft.payload,
  });
