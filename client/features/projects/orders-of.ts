import type { OrderSort, Project } from '@svodka/shared/contracts/directory';
import type { Filter } from '@svodka/shared/filter/ast';
import { ask } from '../../api/rest.ts';
import { PagedList } from '../../state/paged-list.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { liveOrders, written } from './orders-table.ts';

/** Some orders in one order, and live. */
export function ordersOf(of: Filter, sort: OrderSort): PagedList<Project> {
  const filter = written(of) ?? undefined;
  const list = new PagedList<Project>(
    `orders ${filter} ${sort}`,
    async ({ after, limit, ids, signal }) => {
      const page = await ask('GET /projects', {
        query: { filter, sort, after, limit, ids: ids?.join() },
        signal,
      });
      refs.add(page.refs);
      return page;
    },
    {
      ...liveOrders(() => ({ sort, group: undefined })),
      count: (_, signal) => ask('GET /projects/count', { query: { filter }, signal }),
    },
  );
  void list.look('');
  return list;
}
