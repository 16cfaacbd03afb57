import { type Revision, type SvodkaEvent, SvodkaEventSchema } from '@svodka/shared/contracts/event';
import { wireOf } from '../platform/mongo/stored-shape.ts';
import type { EventDoc, RevisionDoc } from './event.schema.ts';
import { isUndo } from './taking-back.ts';

/** The event of the contract: the one place that decides what leaves the server. What is not named there is hidden. */
export const toWire = wireOf(SvodkaEventSchema) as (doc: EventDoc) => SvodkaEvent;

export function toRevision(doc: RevisionDoc): Revision {
  const { rev, at, by, reason, changes } = doc;
  return {
    rev,
    at: at.toISOString(),
    by,
    ...(reason !== undefined && { reason }),
    ...(isUndo(doc) && { isUndo: true }),
    changes,
  };
}
