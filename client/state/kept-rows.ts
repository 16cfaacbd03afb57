// The rows that a feed has shown, kept on the device: the desk begins with them where there is no line.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Refs } from '@svodka/shared/contracts/refs';
import { live } from '../api/live.ts';
import { connection } from './connection.svelte.ts';
import type { Feed } from './feed.svelte.ts';
import { refs } from './refs.svelte.ts';
import { keepSeen, seenLast } from './seen.ts';

/** How many of the list and of the lane. */
const MOST = 150;
/** How often, ms: a busy feed changes many times a second. */
const EVERY_MS = 10_000;
const SOONEST_MS = 500;

/** `more`: there are older ones. */
type Kept = { list: SvodkaEvent[]; lane: SvodkaEvent[]; more: boolean; refs: Refs };

const isOnline = (): boolean => live.state === 'online';

export class KeptRows {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keptAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param key of the feed's filter */
  constructor(
    readonly key: string,
    readonly lane: Feed,
    readonly list: Feed,
  ) {}

  /** Begins lane and list with what was kept, unless the server is there first. */
  async begin(): Promise<void> {
    if (isOnline()) return;
    const kept = await seenLast<Kept>('rows', this.key);
    if (!kept || this.#closed || this.list.state !== 'loading' || isOnline()) return;
    const { list, lane, more, refs: named } = kept.value;
    connection.showsKept(kept.at);
    refs.add(named);
    this.lane.begin(lane, false);
    this.list.begin(list, more);
  }

  /** They have changed. */
  soon(): void {
    if (!isOnline()) return;
    const wait = this.#keptAt + EVERY_MS - performance.now();
    this.#timer ??= setTimeout(() => this.#keep(), Math.max(SOONEST_MS, wait));
  }

  /** @param hasRows there is something to be kept */
  close(hasRows: boolean): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (hasRows) this.#keep();
  }

  #keep(): void {
    this.#timer = undefined;
    if (!isOnline()) return;
    this.#keptAt = performance.now();
    const [list, lane] = [this.list.rows.slice(0, MOST), this.lane.rows.slice(0, MOST)];
    const more = this.list.hasMore || this.list.rows.length > MOST;
    void keepSeen('rows', this.key, { list, lane, more, refs: refs.of([...list, ...lane]) } satisfies Kept);
  }
}
