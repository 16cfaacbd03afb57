// What belongs in the lane above a list.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { and, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { OPEN } from '@svodka/shared/rules/status';

/** Critical, and asks something of somebody. The one place that says so: lane, alarm and the feed of that name follow. */
export const URGENT: ResolvedFilter = and({ field: 'importance', in: ['critical'] }, OPEN);

/** Whether an event is urgent as it stands on the screen, before the server has said so. */
export const isUrgent: (event: SvodkaEvent) => boolean = toPredicate(URGENT);
