// Open events by their deadline, the most overdue first, as the server answers now. A feed has its rows by when they
// happened, so it only tells which of them have changed; the rows are read in their own order.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import { and, type Filter, not } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { Feed } from '../../state/feed.svelte.ts';
import { PagedList } from '../../state/paged-list.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { ANNOUNCED } from '../deadlines/deadlines-state.svelte.ts';
import type { Reading } from './week.ts';

/** So many are read of what is asked for to the end. */
export const READ_MOST = 1_000;

/** Open events that are due in a stretch of days; how a day begins is the reader's. */
export const dueIn = (of: Filter, span: { from?: string; to: string }): Filter =>
  and(of, { field: 'status', in: ['open'] }, { field: 'dueAt', ...span }, not(ANNOUNCED));

const place = ({ dueAt, id }: SvodkaEvent): string => `${dueAt} ${id}`;

export class DueEvents {
  readonly #feed: Feed;
  readonly #list: PagedList<SvodkaEvent>;

  /** Begins at once; `close()` when it leaves the screen. */
  constructor(readonly filter: Filter) {
    this.#feed = new Feed(filter, { limit: 1 });
    this.#list = new PagedList<SvodkaEvent>(
      `due ${toText(filter)}`,
      async ({ after, limit, ids, signal }) => {
        const asked = ids ? and(filter, { field: 'id', in: [...ids] }) : filter;
        const query = { filter: toText(asked), order: 'due' as const, limit, ...(after && { after }) };
        const page = await ask('GET /events', { query, signal });
        refs.add(page.refs);
        return page;
      },
      {
        hear: (listener) => this.#hear(listener),
        compare: (a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0),
        count: (_, signal) => ask('GET /events/count', { query: { filter: toText(filter) }, signal }),
      },
    );
  }

  /** What the room tells, of rows that the feed has not loaded too; null where something of it was missed. */
  #hear(listener: (ids: readonly Id[] | null) => void): () => void {
    const feed = this.#feed;
    let at = '';
    const missed = (room: string, prev: string) => room === feed.room && at !== '' && prev > at;
    const offs = [
      // Read only once it stands in the room: no change falls between.
      feed.onChange(
        () => void (feed.state === 'ready' && this.#list.answered === null && this.#list.look('')),
      ),
      live.on('feed.changed', ({ room, prev, position, ops }) => {
        if (room !== feed.room) return;
        listener(missed(room, prev) ? null : ops.map((op) => (op.op === 'upsert' ? op.event.id : op.id)));
        at = position;
      }),
      live.on('feed.beat', ({ room, position }) => {
        if (missed(room, position)) listener(null);
        if (room === feed.room) at = position;
      }),
      live.on('feed.reset', ({ room }) => room === feed.room && listener(null)),
    ];
    return () => {
      for (const off of offs) off();
    };
  }

  get rows(): readonly SvodkaEvent[] {
    return this.#list.items;
  }

  /** How many there are; null: not known yet. */
  get total(): Count | null {
    return this.#list.total;
  }

  /** There are more, and no more of them are read. */
  get isCut(): boolean {
    return this.#list.hasMore && this.#list.items.length >= READ_MOST;
  }

  get reading(): Reading {
    const failed = this.#feed.state === 'failed' ? this.#feed : this.#list;
    return {
      state: failed.state,
      error: failed.error,
      retry: () => (this.#feed.state === 'failed' ? this.#feed.retry() : void this.#list.look('')),
    };
  }

  /** Reads on to the end. Call it in an effect. */
  readOn(): void {
    const { state, pageState, hasMore, items } = this.#list;
    if (state === 'ready' && pageState === 'idle' && hasMore && items.length < READ_MOST)
      void this.#list.loadMore();
  }

  close(): void {
    this.#list.close();
    this.#feed.close();
  }
}
