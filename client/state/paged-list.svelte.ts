import type { Id } from '@svodka/shared/contracts/id';
import { live } from '../api/live.ts';
import { whenBack } from './when-back.ts';

export type PageAsk = { search: string; after: string | null; limit: number; signal: AbortSignal };
type Rows<T> = { items: T[]; next: string | null };

const PAGE = 50;
const MOST = 200;

/** The rows that a list last showed without a search: opened again, it begins with them. */
const lastKnown = new Map<string, readonly { id: Id }[]>();

/** A list that is read page by page, searched on the server, and read again after a break or an absence. */
export class PagedList<T extends { id: Id }> {
  readonly #key: string;
  readonly #fetch: (ask: PageAsk) => Promise<Rows<T>>;
  #items = $state.raw<readonly T[]>([]);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  #next = $state.raw<string | null>(null);
  #pageState = $state<'idle' | 'loading' | 'failed'>('idle');
  #search: string | null = null;
  #asking = new AbortController();
  readonly #off: (() => void)[];

  constructor(key: string, fetch: (ask: PageAsk) => Promise<Rows<T>>) {
    this.#key = key;
    this.#fetch = fetch;
    this.#items = (lastKnown.get(key) ?? []) as readonly T[];
    let first = true;
    this.#off = [
      live.onConnect(() => {
        if (!first || this.#state === 'failed') void this.refresh();
        first = false;
      }),
      live.on('refs.changed', (refs) => {
        const renamed = [...refs.projects, ...refs.counterparties, ...refs.users];
        if (renamed.some(({ id }) => this.find(id))) void this.refresh();
      }),
      whenBack(() => void this.refresh()),
    ];
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** `loading` with rows: those that were known before, or of the search before. */
  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  get pageState(): 'idle' | 'loading' | 'failed' {
    return this.#pageState;
  }

  /** Shows what is found by these words; what is on the screen stays until the answer is there. */
  async look(search: string): Promise<void> {
    if (search === this.#search && this.#state !== 'failed') return;
    this.#search = search;
    this.#state = 'loading';
    await this.#read(PAGE);
  }

  /** Reads again what is on the screen; a failure leaves it as it is, unless there was nothing. */
  async refresh(): Promise<void> {
    if (this.#search === null) return;
    await this.#read(Math.min(MOST, Math.max(PAGE, this.#items.length)));
  }

  async loadMore(): Promise<void> {
    const after = this.#next;
    if (after === null || this.#pageState === 'loading' || this.#state !== 'ready') return;
    this.#pageState = 'loading';
    const { signal } = this.#asking;
    try {
      const page = await this.#fetch({ search: this.#search ?? '', after, limit: PAGE, signal });
      if (signal.aborted) return;
      const known = new Set(this.#items.map(({ id }) => id));
      this.#items = [...this.#items, ...page.items.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
      this.#pageState = 'idle';
    } catch {
      if (!signal.aborted) this.#pageState = 'failed';
    }
  }

  find(id: Id): T | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** A row as a form has saved it; a new one stands first. */
  put(item: T): void {
    this.#items = this.find(item.id)
      ? this.#items.map((each) => (each.id === item.id ? item : each))
      : [item, ...this.#items];
  }

  close(): void {
    this.#asking.abort();
    for (const off of this.#off) off();
    if (this.#state === 'ready' && this.#search === '') lastKnown.set(this.#key, this.#items.slice(0, PAGE));
  }

  /** Nothing that one person has seen is shown to the next. */
  static forget(): void {
    lastKnown.clear();
  }

  async #read(limit: number): Promise<void> {
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const page = await this.#fetch({
        search: this.#search ?? '',
        after: null,
        limit,
        signal: asking.signal,
      });
      if (asking.signal.aborted) return;
      this.#items = page.items;
      this.#next = page.next;
      this.#state = 'ready';
      this.#pageState = 'idle';
      this.#error = null;
    } catch (error) {
      if (asking.signal.aborted || this.#state === 'ready') return;
      this.#state = 'failed';
      this.#error = error;
    }
  }
}
