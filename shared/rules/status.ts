import type { EventStatus } from '../contracts/event.ts';
import { asks, type EventType, isSettledElsewhere } from '../contracts/modules.ts';
import type { ResolvedFilter } from '../filter/ast.ts';

/** Somebody has to do something. A recorded event asks nothing of anybody; a resolved one is done. */
export const OPEN_STATUSES = ['open'] as const satisfies readonly EventStatus[];

/** The condition of what is open, for lists, counts and lanes. */
export const OPEN: ResolvedFilter = { field: 'status', in: [...OPEN_STATUSES] };

/** Somebody has to do something, now or when it comes back: what has been done elsewhere closes it all the same. */
export const PENDING_STATUSES = [...OPEN_STATUSES, 'snoozed'] as const satisfies readonly EventStatus[];

export const isPending = ({ status }: { status: EventStatus }): boolean =>
  (PENDING_STATUSES as readonly EventStatus[]).includes(status);

/** Whether somebody can be at it, or put it off: what is settled elsewhere is nobody's to hold. */
export const mayBeHeld = ({ status, type }: { status: EventStatus; type: EventType }): boolean =>
  isPending({ status }) && !isSettledElsewhere(type);

export const isOpen = ({ status }: { status: EventStatus }): boolean =>
  (OPEN_STATUSES as readonly EventStatus[]).includes(status);

/** A deadline that was over for so long when a file brought it is history: nobody waits for it any more. */
const HISTORY_MS = 30 * 24 * 3_600_000;

/** What decides how an event is born. */
export type Birth = { type: EventType; dueAt: Date | null; recordedAt: Date; isImported: boolean };

/** Open when it asks for something or carries a deadline, else recorded. A person may say otherwise afterwards. */
export function bornStatus({ type, dueAt, recordedAt, isImported }: Birth): 'open' | 'recorded' {
  if (asks(type)) return 'open';
  if (!dueAt) return 'recorded';
  return isImported && recordedAt.getTime() - dueAt.getTime() > HISTORY_MS ? 'recorded' : 'open';
}
