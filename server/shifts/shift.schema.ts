import type { Id } from '@svodka/shared/contracts/id';
import type { Shift, ShiftRow } from '@svodka/shared/contracts/shift';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** A handover as it is stored, under the id of the event that tells of it. Events and installations are named only. */
export type ShiftDoc = Omit<Shift, 'id' | 'at' | 'doneAt'> & { _id: Id; at: Date; doneAt: Date | null };

export const SHIFTS_INDEXES: CollectionPlan[] = [
  {
    collection: 'shifts',
    images: false,
    indexes: [{ key: { fromId: 1, _id: -1 } }, { key: { toId: 1, _id: -1 } }],
  },
];

export const rowOf = (
  block: ShiftRow['block'],
  named: Partial<Pick<ShiftRow, 'eventId' | 'install' | 'whomId'>>,
): ShiftRow => {
  const { eventId = null, install = null, whomId = null } = named;
  const key = eventId ?? `${install?.projectId}.${install?.stage}`;
  return { key, block, eventId, install, whomId, state: 'waiting', word: '', at: null };
};

export const toShift = ({ _id, at, doneAt, ...rest }: ShiftDoc): Shift => ({
  id: _id,
  ...rest,
  at: at.toISOString(),
  doneAt: doneAt?.toISOString() ?? null,
});
