// Events that were written here and are not with the server yet, as they will be: they stand in the lists that they
// will come into.
import { DEFAULT_LEAD_MIN, NEW_EVENT, type SvodkaEvent } from '@svodka/shared/contracts/event';
import { moduleOf } from '@svodka/shared/contracts/modules';
import { ALL, type Bound, type Filter, mapLeaves, NONE } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { bornStatus } from '@svodka/shared/rules/status';
import { instantOf } from '../format/time.ts';
import type { Write } from './deeds.ts';
import { i18n } from './i18n.svelte.ts';
import { session } from './session.svelte.ts';

/** @param writtenAt ms */
export function unsentEvent({ body }: Write, writtenAt: number): SvodkaEvent {
  const { due, occurredAt, payload, ...said } = { ...NEW_EVENT, ...body };
  const recordedAt = new Date(writtenAt).toISOString();
  const local = due && 'local' in due ? due.local : null;
  const dueAt = local
    ? instantOf(local.length === 10 ? `${local}T23:59` : local, i18n.viewer)
    : due && 'at' in due
      ? due.at
      : null;
  const birth = { type: body.type, dueAt: dueAt ? new Date(dueAt) : null, isImported: false };
  return {
    ...said,
    payload: payload as SvodkaEvent['payload'],
    source: body.source ?? null,
    module: moduleOf(body.type),
    occurredAt: occurredAt ?? recordedAt,
    recordedAt,
    dueAt,
    dueAllDay: local?.length === 10,
    dueZone: i18n.viewer.zone,
    dueLocal: local,
    dueLeadMin: due?.leadMin ?? DEFAULT_LEAD_MIN,
    dueState: 'none',
    author: { userId: session.user?.id ?? null, name: session.user?.name ?? '' },
    departmentId: null,
    status: bornStatus({ ...birth, recordedAt: new Date(writtenAt) }),
    resolved: null,
    claim: null,
    snooze: null,
    deletedAt: null,
    counters: { comments: 0 },
    version: 0,
    rev: 0,
  };
}

/**
 * Whether it will stand in the list of a filter, as far as the page can tell: of times only the server knows what they
 * are just now, so they are taken as met, and words as not.
 */
export function mayStandIn(filter: Filter): (event: SvodkaEvent) => boolean {
  const ways = [ALL, NONE].map((time) =>
    toPredicate(
      mapLeaves<Bound, string>(filter, (leaf) =>
        'text' in leaf || 'in' in leaf || 'exists' in leaf ? leaf : time,
      ),
    ),
  );
  return (event) => ways.some((matches) => matches(event));
}
