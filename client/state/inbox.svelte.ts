import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeReason, NoticeView } from '@svodka/shared/contracts/notice';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { notices } from './notices.svelte.ts';
import { refs } from './refs.svelte.ts';

const PAGE = 50;
const MOST = 200;

const newestFirst = (a: NoticeView, b: NoticeView) =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1;

export type InboxAsk = { show: 'all' | 'unread' | 'snoozed'; reason: NoticeReason | null };

/** The notices of the person at the screen, kept true by the socket. One that is read stays where it is. */
export class Inbox {
  readonly #asked: InboxAsk;
  #items = $state.raw<readonly NoticeView[]>([]);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  #next = $state.raw<string | null>(null);
  #pageState = $state<'idle' | 'loading' | 'failed'>('idle');
  #generation = 0;
  readonly #off: (() => void)[];

  constructor(asked: InboxAsk) {
    this.#asked = asked;
    this.#off = [
      live.onConnect(() => void this.read()),
      live.on('notice.changed', ({ notice, isNew }) => this.#take(notice, isNew)),
      live.on('notices.seen', ({ unread }) => {
        if (unread === 0) this.#markSeen(() => true);
        else void this.read();
      }),
    ];
    if (live.state !== 'online') void this.read();
  }

  get items(): readonly NoticeView[] {
    return this.#items;
  }

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

  get #query() {
    const { show, reason } = this.#asked;
    return { unread: `${show === 'unread'}`, snoozed: `${show === 'snoozed'}`, ...(reason && { reason }) };
  }

  find(id: Id): NoticeView | undefined {
    return this.#items.find((notice) => notice.id === id);
  }

  /** Reads again what is on the screen; a failure leaves it as it is, unless there was nothing. */
  async read(): Promise<void> {
    const mine = ++this.#generation;
    try {
      const limit = Math.min(MOST, Math.max(PAGE, this.#items.length));
      const page = await ask('GET /notices', { query: { limit, ...this.#query } });
      if (mine !== this.#generation) return;
      refs.add(page.refs);
      this.#items = page.items;
      this.#next = page.next;
      this.#state = 'ready';
      this.#pageState = 'idle';
    } catch (error) {
      if (mine !== this.#generation || this.#state === 'ready') return;
      this.#state = 'failed';
      this.#error = error;
    }
  }

  async loadMore(): Promise<void> {
    if (this.#next === null || this.#pageState === 'loading' || this.#state !== 'ready') return;
    const mine = this.#generation;
    this.#pageState = 'loading';
    try {
      const page = await ask('GET /notices', {
        query: { after: this.#next, limit: PAGE, ...this.#query },
      });
      if (mine !== this.#generation) return;
      refs.add(page.refs);
      const known = new Set(this.#items.map(({ id }) => id));
      this.#items = [...this.#items, ...page.items.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
      this.#pageState = 'idle';
    } catch {
      if (mine === this.#generation) this.#pageState = 'failed';
    }
  }

  /** Marks some, or all, as read: here at once, taken back when the server cannot be told. Throws `ApiError`. */
  async seen(ids: Id[] | 'all'): Promise<void> {
    const before = this.#items;
    this.#markSeen((notice) => ids === 'all' || ids.includes(notice.id));
    try {
      await notices.seen(ids === 'all' ? { all: true } : { ids });
    } catch (error) {
      this.#items = before;
      throw error;
    }
  }

  close(): void {
    this.#generation++;
    for (const off of this.#off) off();
  }

  #markSeen(which: (notice: NoticeView) => boolean): void {
    const at = new Date().toISOString();
    this.#items = this.#items.map((notice) =>
      notice.seenAt === null && which(notice) ? { ...notice, seenAt: at } : notice,
    );
  }

  #take(notice: NoticeView, isNew: boolean): void {
    const held = this.find(notice.id);
    const { show, reason } = this.#asked;
    const isHere = (notice.snooze !== null) === (show === 'snoozed');
    if (held && held.version > notice.version) return;
    if (held && isHere) this.#items = this.#items.map((each) => (each.id === notice.id ? notice : each));
    else if (held) this.#items = this.#items.filter(({ id }) => id !== notice.id);
    else if (isHere && (isNew || show === 'snoozed') && (!reason || notice.reason === reason))
      this.#items = [...this.#items, notice].sort(newestFirst);
  }
}
