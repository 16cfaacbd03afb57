// What waits for a day, the most urgent first: the table of orders, asked for just these.
import type { Installation } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';
import { ask } from '../../api/rest.ts';
import { PagedList } from '../../state/paged-list.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { liveOrders } from '../projects/orders-table.ts';
import { keyOf, type OpenCalendar } from './calendar-state.svelte.ts';
import { undatedOf } from './undated.ts';

const ORDER = { sort: 'install' as const, group: undefined };

export class Waiting {
  readonly #calendar: OpenCalendar;
  readonly #orders = new PagedList<Project>(
    'undated',
    async ({ after, limit, ids, signal }) => {
      const query = {
        filter: 'is:undated',
        sort: ORDER.sort,
        after: after ?? undefined,
        limit,
        ids: ids?.join(),
      };
      const page = await ask('GET /projects', { query, signal });
      refs.add({ ...page.refs, projects: page.items });
      return page;
    },
    // Its orders may have several stages each: how many of those there are nobody has counted.
    { hear: liveOrders(() => ORDER).hear, compare: liveOrders(() => ORDER).compare },
  );

  /** Each stage that is not drawn in the calendar. */
  readonly items = $derived.by<Installation[]>(() => {
    const { items, todayOn } = this.#calendar;
    const drawn = new Set(items.map(keyOf));
    return this.#orders.items
      .flatMap((project) => undatedOf(project, todayOn))
      .filter((item) => !drawn.has(keyOf(item)));
  });

  constructor(calendar: OpenCalendar) {
    this.#calendar = calendar;
  }

  get hasMore(): boolean {
    return this.#orders.hasMore;
  }

  look(): void {
    void this.#orders.look('undated');
  }

  loadMore(): void {
    void this.#orders.loadMore();
  }

  close(): void {
    this.#orders.close();
  }
}
