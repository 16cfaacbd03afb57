// What is a person's own: of who sees only what is theirs, everything; of others the orders that they manage or are
// appointed to, and what they wrote.
import type { Project } from '@svodka/shared/contracts/directory';
import { ALL, type Filter, or } from '@svodka/shared/filter/ast';
import { seesAllLines, seesEverything } from '@svodka/shared/rules/permissions';
import type { PagedList } from '../../state/paged-list.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { ordersOf } from '../projects/orders-of.ts';

/** A filter names so many orders at most. */
const NAMED_MOST = 100;
/** Beyond so many orders of one person the most urgent are looked at. */
const ORDERS_READ = 200;

export class Own {
  readonly me = session.user?.id ?? '';
  /** Sees orders of others too. */
  readonly seesOthers = session.actor !== null && seesAllLines(session.actor);
  /** Their orders, the worst first. */
  readonly orders: PagedList<Project>;

  constructor() {
    const { me } = this;
    const theirs = or({ field: 'manager', in: [me] }, { field: 'appointed', in: [me] });
    this.orders = ordersOf(this.seesOthers ? theirs : ALL, 'risk');
  }

  readonly #ids = $derived.by(() =>
    this.orders.items
      .slice(0, NAMED_MOST)
      .map(({ id }) => id)
      .sort()
      .join(),
  );
  /** There are more orders than a filter names: what is counted by it is less than there is. */
  get isCut(): boolean {
    return this.seesOthers && (this.orders.items.length > NAMED_MOST || this.orders.hasMore);
  }

  /** Which events are theirs. Changes only when their orders are others. */
  readonly events = $derived.by<Filter>(() => {
    const wrote: Filter = { field: 'author', in: [this.me] };
    if (!this.seesOthers) return ALL;
    return this.#ids ? or({ field: 'project', in: this.#ids.split(',') }, wrote) : wrote;
  });

  /**
   * Which promises to call back are theirs. One at a number that belongs to no order is in sight of whoever keeps its
   * card; of those who see the whole stream it is in everybody's, and lost if each took it for another's.
   */
  readonly promises = $derived.by<Filter>(() => {
    if (session.actor === null || !seesEverything(session.actor)) return ALL;
    return or(this.events, { field: 'project', exists: false });
  });

  /** Reads on until all of them are known. Call it in an effect. */
  readOn(): void {
    const { orders } = this;
    if (orders.state !== 'ready' || orders.pageState !== 'idle' || !orders.hasMore) return;
    if (orders.items.length < ORDERS_READ) void orders.loadMore();
  }

  close(): void {
    this.orders.close();
  }
}
