import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { asOf } from '@svodka/shared/rules/history';
import type { FactEvent } from '@svodka/shared/rules/orders/facts';
import { toRevision } from '../events/event.mapper.ts';
import type { RevisionDoc } from '../events/event.schema.ts';
import { resolvedIn } from '../events/taking-back.ts';
import type { PastFactDoc } from './facts.repository.ts';

/** So many events may have more of their history outside of them than inside. */
export const LONG_MOST = 20;

/** What is inside the event does not reach back to the moment. */
export const isLong = ({ revisions, recordedAt }: PastFactDoc, at: Date): boolean =>
  recordedAt <= at && (revisions[0]?.rev ?? 2) > 2 && (revisions[0]?.at ?? at) > at;

const iso = (at: Date | null) => at?.toISOString() ?? null;

/**
 * A fact as it was known at a moment: by when it was written down, and without what was changed since. Null: it was not
 * known, or was not this order's; `forgotten`: its history is not kept that far.
 * @param revisions newest first
 */
export function factAt(
  doc: PastFactDoc,
  revisions: readonly RevisionDoc[],
  projectId: Id,
  at: Date,
): FactEvent | null | 'forgotten' {
  const event = {
    ...doc,
    occurredAt: iso(doc.occurredAt),
    recordedAt: iso(doc.recordedAt),
    dueAt: iso(doc.dueAt),
    deletedAt: iso(doc.deletedAt),
    claim: null,
    snooze: null,
    attachments: [],
  } as unknown as SvodkaEvent;
  const was = asOf(event, revisions.map(toRevision), at);
  if (was === 'forgotten') return was;
  if (was === 'unborn' || was.projectId !== projectId) return null;
  const shown = was as unknown as SvodkaEvent & Record<string, unknown>;
  const moment = (value: string | null) => (value === null ? null : new Date(value));
  return {
    id: doc._id,
    version: doc.version,
    type: doc.type,
    occurredAt: new Date(shown.occurredAt),
    recordedAt: doc.recordedAt,
    dueAt: moment(shown.dueAt),
    status: shown.status,
    resolved:
      shown.status === 'resolved'
        ? (resolvedIn(revisions.filter((revision) => revision.at <= at)) ??
          doc.resolved ?? { at: doc.recordedAt })
        : null,
    deletedAt: moment(shown.deletedAt),
    payload: shown.payload,
    itemIds: shown.itemIds,
  };
}
