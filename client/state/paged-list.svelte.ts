import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import { live } from '../api/live.ts';
import { whenBack } from './when-back.ts';

export type PageAsk = {
  search: string;
  after: string | null;
  limit: number;
  /** Of these only: what of them the list holds. */
  ids?: readonly Id[];
  signal: AbortSignal;
};

/** How a list stays as its query would answer now. */
export type LiveRows<T> = Counted & {
  /** Tells of rows that have changed, appeared or gone, null: any may have. @returns how to stop */
  hear(listener: (ids: readonly Id[] | null) => void): () => void;
  /** The order in which the server answers. */
  compare(a: T, b: T): number;
};
type Counted = {
  /** How many rows answer in all. */
  count?(search: string, signal: AbortSignal): Promise<Count>;
};
type Rows<T> = { items: T[]; next: string | null };

const PAGE = 50;
const MOST = 200;
/** Of changed rows it asks so often, ms. */
const HEARD_MS = 100;
/** Where too much changes, the whole list is read so often. */
const ANEW_MS = 1_500;
/** While rows change, they are counted so often, ms: to count may mean to look at every one. */
const COUNT_MS = 10_000;

/** The rows that a list last showed, for each search: opened again, it begins with them, and reads as many. */
const lastKnown = new Map<string, readonly { id: Id }[]>();
const REMEMBERED = 12;
const REMEMBERED_ROWS = 2000;

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
  #answered = $state<string | null>(null);
  /** The search that `total` is of. */
  #counted: string | null = null;
  #asking = new AbortController();
  readonly #off: (() => void)[];

  readonly #live: LiveRows<T> | undefined;
  readonly #counter: Counted['count'];
  readonly #heard = new Set<Id>();
  #isAnew = false;
  #isReading = false;
  #hearing: ReturnType<typeof setTimeout> | undefined;
  /** The last row of the last page, as it was read: what is behind it is not shown yet. */
  #floor: T | null = null;
  #total = $state.raw<Count | null>(null);
  #counting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    key: string,
    fetch: (ask: PageAsk) => Promise<Rows<T>>,
    rows?: LiveRows<T> | Required<Counted>,
  ) {
    this.#key = key;
    this.#live = rows && 'hear' in rows ? rows : undefined;
    this.#counter = rows?.count;
    this.#fetch = fetch;
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
    if (this.#live) this.#off.push(this.#live.hear((ids) => this.#hear(ids)));
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** The search that the rows answer: another one than is asked for, until that is answered. */
  get answered(): string | null {
    return this.#answered;
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

  /** How many answer in all: as many as are here, or what the server has counted; null: nobody knows. */
  get total(): Count | null {
    return this.#next === null ? { n: this.#items.length, exact: true } : this.#total;
  }

  get pageState(): 'idle' | 'loading' | 'failed' {
    return this.#pageState;
  }

  /** Shows what is found by these words; what is on the screen stays until the answer is there. */
  async look(search: string): Promise<void> {
    if (search === this.#search && this.#state !== 'failed') return;
    const known = this.#search === null ? lastKnown.get(this.#keyOf(search)) : undefined;
    this.#search = search;
    this.#state = 'loading';
    if (known) {
      this.#items = known as readonly T[];
      this.#answered = search;
    }
    await this.#read(known?.length ?? 0);
  }

  /** Reads again what is on the screen; a failure leaves it as it is, unless there was nothing. */
  async refresh(): Promise<void> {
    if (this.#search === null) return;
    await this.#read(this.#items.length);
  }

  /** Reads the next page. @param most so many rows at most */
  async loadMore(most = PAGE): Promise<void> {
    const after = this.#next;
    if (after === null || this.#pageState === 'loading' || this.#state !== 'ready') return;
    this.#pageState = 'loading';
    const { signal } = this.#asking;
    try {
      const limit = Math.min(MOST, most);
      const page = await this.#fetch({ search: this.#search ?? '', after, limit, signal });
      if (signal.aborted) return;
      const known = new Set(this.#items.map(({ id }) => id));
      this.#items = [...this.#items, ...page.items.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
      this.#floor = page.next === null ? null : (page.items.at(-1) ?? null);
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
    clearTimeout(this.#hearing);
    clearTimeout(this.#counting);
    for (const off of this.#off) off();
    if (this.#state !== 'ready' || this.#search === null) return;
    const key = this.#keyOf(this.#search);
    lastKnown.delete(key);
    lastKnown.set(key, this.#items.slice(0, REMEMBERED_ROWS));
    for (const oldest of lastKnown.keys()) {
      if (lastKnown.size <= REMEMBERED) break;
      lastKnown.delete(oldest);
    }
  }

  #keyOf = (search: string) => `${this.#key} ${search}`;

  /** Nothing that one person has seen is shown to the next. */
  static forget(): void {
    lastKnown.clear();
  }

  /** Reads from the top, in as many pages as reach down to where the rows reached before. */
  async #read(wanted: number): Promise<void> {
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const { signal } = asking;
    this.#isReading = true;
    try {
      const items: T[] = [];
      let after: string | null = null;
      do {
        const limit = Math.min(MOST, Math.max(PAGE, wanted - items.length));
        const page: Rows<T> = await this.#fetch({ search: this.#search ?? '', after, limit, signal });
        if (signal.aborted) return;
        items.push(...page.items);
        after = page.next;
      } while (after !== null && items.length < wanted);
      this.#items = items;
      this.#answered = this.#search;
      this.#next = after;
      this.#floor = after === null ? null : (items.at(-1) ?? null);
      this.#state = 'ready';
      this.#pageState = 'idle';
      this.#error = null;
      if (this.#search !== this.#counted) {
        this.#total = null;
        void this.#count();
      } else this.#countLater();
    } catch (error) {
      if (asking.signal.aborted || this.#state === 'ready') return;
      this.#state = 'failed';
      this.#error = error;
    } finally {
      if (this.#asking === asking) this.#isReading = false;
    }
  }

  #countLater(): void {
    this.#counting ??= setTimeout(() => void this.#count(), COUNT_MS);
  }

  /** Where there is more than is here; what could not be counted stays as it was last known. */
  async #count(): Promise<void> {
    clearTimeout(this.#counting);
    this.#counting = undefined;
    const search = this.#search;
    if (search === null || this.#next === null || !this.#counter) return;
    const { signal } = this.#asking;
    const total = await this.#counter(search, signal).catch(() => null);
    if (!total || signal.aborted) return;
    this.#counted = search;
    this.#total = total;
  }

  #hear(ids: readonly Id[] | null): void {
    if (this.#search === null) return;
    if (ids === null) this.#isAnew = true;
    else for (const id of ids) this.#heard.add(id);
    if (this.#heard.size > MOST) this.#isAnew = true;
    this.#hearing ??= setTimeout(() => void this.#catchUp(), this.#isAnew ? ANEW_MS : HEARD_MS);
  }

  /** Asks the list's own question of what has changed: rows that answer it come or move, others leave. */
  async #catchUp(): Promise<void> {
    this.#hearing = undefined;
    const again = () => {
      if (this.#heard.size > 0 || this.#isAnew) this.#hear(this.#isAnew ? null : []);
    };
    // An answer on its way may be older than what was heard.
    if (this.#isReading || this.#pageState === 'loading') return again();
    const ids = [...this.#heard];
    this.#heard.clear();
    if (this.#isAnew) {
      this.#isAnew = false;
      return this.refresh();
    }
    const { signal } = this.#asking;
    try {
      const { items } = await this.#fetch({
        search: this.#search ?? '',
        after: null,
        limit: MOST,
        ids,
        signal,
      });
      if (!signal.aborted) {
        this.#replace(new Set(ids), items);
        this.#countLater();
      }
    } catch {
      // A new question has its own answer; a line that is gone tells when it is back.
      if (!signal.aborted) this.#isAnew = true;
    }
    again();
  }

  #replace(changed: ReadonlySet<Id>, rows: readonly T[]): void {
    const { compare } = this.#live as LiveRows<T>;
    const floor = this.#floor;
    const within = rows.filter((row) => floor === null || compare(row, floor) <= 0);
    this.#items = [...this.#items.filter(({ id }) => !changed.has(id)), ...within].sort(compare);
    if (this.#items.length === 0 && this.#next !== null) void this.refresh();
  }
}
