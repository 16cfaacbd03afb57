import type { Id } from '@svodka/shared/contracts/id';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { Feed } from '../../state/feed.svelte.ts';
import { whenBack } from '../../state/when-back.ts';

/** So long the events of the order are to be quiet before it is read again, and no longer than the other, ms. */
const QUIET_MS = 300;
const LATEST_MS = 2_000;

/** The chain of one order, read again whenever an event of the order comes, changes or goes. */
export class OpenChain {
  readonly #id: Id;
  readonly #feed: Feed;
  readonly #off: (() => void)[];
  #chain = $state.raw<OrderChain | null>(null);
  #failure = $state.raw<unknown>(null);
  #asking = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince: number | null = null;

  constructor(id: Id) {
    this.#id = id;
    // A feed of its own: that of the desk shows what is filtered there.
    this.#feed = new Feed({ field: 'project', in: [id] }, { limit: 1 });
    this.#off = [
      this.#feed.onChange(() => this.#soon()),
      live.onConnect(() => void this.read()),
      whenBack(() => void this.read()),
    ];
    if (live.state !== 'online') void this.read();
  }

  get chain(): OrderChain | null {
    return this.#chain;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waitingSince = null;
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const chain = await ask('GET /projects/:id/chain', { id: this.#id, signal: asking.signal });
      if (asking.signal.aborted) return;
      this.#chain = chain;
      this.#failure = null;
    } catch (error) {
      if (!asking.signal.aborted) this.#failure = error;
    }
  }

  close(): void {
    for (const off of this.#off) off();
    this.#feed.close();
    clearTimeout(this.#timer);
    this.#asking.abort();
  }

  #soon(): void {
    const now = performance.now();
    this.#waitingSince ??= now;
    clearTimeout(this.#timer);
    const rest = Math.max(0, this.#waitingSince + LATEST_MS - now);
    this.#timer = setTimeout(() => void this.read(), Math.min(QUIET_MS, rest));
  }
}
