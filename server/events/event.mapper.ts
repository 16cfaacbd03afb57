import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { EventDoc, RevisionDoc } from './event.schema.ts';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The event of the contract. The one place that decides what leaves the server: what is not named here is hidden. */
export function toWire(doc: EventDoc): SvodkaEvent {
  return {
    id: doc._id,
    type: doc.type,
    module: doc.module,
    title: doc.title,
    body: doc.body,
    importance: doc.importance,
    occurredAt: doc.occurredAt.toISOString(),
    recordedAt: doc.recordedAt.toISOString(),
    dueAt: iso(doc.dueAt),
    dueAllDay: doc.dueAllDay,
    dueZone: doc.dueZone,
    dueLocal: doc.dueLocal,
    dueLeadMin: doc.dueLeadMin,
    dueState: doc.dueState,
    projectId: doc.projectId,
    counterpartyIds: doc.counterpartyIds,
    itemIds: doc.itemIds,
    author: { userId: doc.author.userId, name: doc.author.name },
    source: doc.source && {
      module: doc.source.module,
      externalId: doc.source.externalId,
      ...(doc.source.batchId && { batchId: doc.source.batchId }),
    },
    payload: doc.payload,
    visibility: doc.visibility,
    departmentId: doc.departmentId,
    status: doc.status,
    resolved: doc.resolved && { at: doc.resolved.at.toISOString(), by: doc.resolved.by },
    deletedAt: iso(doc.deletedAt),
    counters: { comments: doc.counters.comments },
    version: doc.version,
    rev: doc.rev,
  };
}

export function toRevision(doc: RevisionDoc): Revision {
  return { rev: doc.rev, at: doc.at.toISOString(), by: doc.by, changes: doc.changes };
}
