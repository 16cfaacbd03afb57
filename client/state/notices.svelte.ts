import type { NoticeView } from '@svodka/shared/contracts/notice';
import { live } from '../api/live.ts';
import { api } from '../api/rest.ts';
import { refs } from './refs.svelte.ts';
import { session } from './session.svelte.ts';

/** How many notices wait for this person, kept true by the server. The inbox page reads the notices themselves. */
class Notices {
  #unread = $state(0);
  #arrivals = new Set<(notice: NoticeView) => void>();

  constructor() {
    live.on('notice.changed', (fact) => {
      refs.add(fact.refs);
      this.#unread = fact.unread;
      if (fact.isNew) for (const listener of this.#arrivals) listener(fact.notice);
    });
    live.on('notices.seen', ({ unread }) => {
      this.#unread = unread;
    });
    live.onConnect(() => void this.#refresh());
  }

  get unread(): number {
    return this.#unread;
  }

  /** Each notice that arrives while the page is open. */
  onArrival(listener: (notice: NoticeView) => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  async seen(what: Parameters<typeof api.notices.seen>[0]): Promise<void> {
    const { unread } = await api.notices.seen(what);
    this.#unread = unread;
  }

  async #refresh(): Promise<void> {
    if (session.state !== 'in') return;
    try {
      const page = await api.notices.list({ limit: 1 });
      this.#unread = page.unread;
    } catch {
      // The next notice brings the number.
    }
  }
}

export const notices = new Notices();
