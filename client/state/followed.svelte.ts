import type { Filter } from '@svodka/shared/filter/ast';
import { live } from '../api/live.ts';
import { Feed } from './feed.svelte.ts';
import { whenBack } from './when-back.ts';

/** So long it is to be quiet before it is read again, and no longer than the other, ms. */
const QUIET_MS = 300;
const LATEST_MS = 2_000;

type Options = {
  /** What else it is made of than events: tells when that has changed. @returns how to stop */
  hear?: (changed: () => void) => () => void;
};

/** What the server derives from some events, read again whenever one of them comes, changes or goes. */
export class Followed<T> {
  readonly #fetch: (signal: AbortSignal) => Promise<T>;
  readonly #feed: Feed;
  readonly #off: (() => void)[];
  #value = $state.raw<T | null>(null);
  #failure = $state.raw<unknown>(null);
  #asking = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince: number | null = null;

  constructor(of: Filter, fetch: (signal: AbortSignal) => Promise<T>, { hear }: Options = {}) {
    this.#fetch = fetch;
    // A feed of its own: that of the desk shows what is filtered there.
    this.#feed = new Feed(of, { limit: 1 });
    this.#off = [
      this.#feed.onChange(() => this.#soon()),
      live.onConnect(() => void this.read()),
      whenBack(() => void this.read()),
      ...(hear ? [hear(() => this.#soon())] : []),
    ];
    if (live.state !== 'online') void this.read();
  }

  get value(): T | null {
    return this.#value;
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
      const value = await this.#fetch(asking.signal);
      if (asking.signal.aborted) return;
      this.#value = value;
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
