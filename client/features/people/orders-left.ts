import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import { toText } from '@svodka/shared/filter/text';
import { ask } from '../../api/rest.ts';

const filterOf = (managerId: Id): string =>
  toText({ and: [{ field: 'manager', in: [managerId] }, { not: { field: 'stage', in: ['closed'] } }] });

/** Where the open orders of a manager are listed. */
export const leftWith = (managerId: Id): string =>
  `/projects?filter=${encodeURIComponent(filterOf(managerId))}`;

/** How many open orders a manager has. Null where there is no answer: it changes nothing of what is saved. */
export const ordersLeft = (managerId: Id): Promise<Count | null> =>
  ask('GET /projects/count', { query: { filter: filterOf(managerId) } }).catch(() => null);
