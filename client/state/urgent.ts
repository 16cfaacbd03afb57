// What belongs in the lane above a list, and what stands first in it.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { compareRows } from '@svodka/shared/feed/order';
import { and, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { OPEN } from '@svodka/shared/rules/status';

/** Critical, and asks something of somebody. The one place that says so: lane, alarm and the feed of that name follow. */
export const URGENT: ResolvedFilter = and({ field: 'importance', in: ['critical'] }, OPEN);

/** Whether an event is urgent as it stands on the screen, before the server has said so. */
export const isUrgent: (event: SvodkaEvent) => boolean = toPredicate(URGENT);

/** What is overdue first, the longest of all; then what is due the soonest; then the newest. */
export function compareUrgency(a: SvodkaEvent, b: SvodkaEvent): number {
  const late = Number(b.dueState === 'overdue') - Number(a.dueState === 'overdue');
  if (late !== 0) return late;
  if (a.dueAt !== b.dueAt) {
    if (a.dueAt === null) return 1;
    if (b.dueAt === null) return -1;
    return a.dueAt < b.dueAt ? -1 : 1;
  }
  return compareRows(a, b);
}
