import type { Id } from '@svodka/shared/contracts/id';
import type { NoticesSeen, NoticesSnooze, NoticeView } from '@svodka/shared/contracts/notice';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { clock } from './clock.svelte.ts';
import { refs } from './refs.svelte.ts';
import { session } from './session.svelte.ts';

/** How many notices wait for this person, kept true by the server. The inbox page reads the notices themselves. */
class Notices {
  /** Undefined until the server has said it. */
  #unread = $state<number>();
  /** What stands open; asked again whenever the connection is back. */
  #readers = new Set<() => void>();
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
    return this.#unread ?? 0;
  }

  /** Each notice that arrives while the page is open. */
  onArrival(listener: (notice: NoticeView) => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  async seen(what: NoticesSeen): Promise<void> {
    const { unread } = await ask('POST /notices/seen', { body: what });
    this.#unread = unread;
  }

  /** Puts some off for an hour. */
  later(ids: Id[]): void {
    const until = new Date(clock.now + 3_600_000).toISOString();
    // Not told: it stays where it is, unread.
    this.snooze({ ids, until }).catch(() => {});
  }

  /** Throws `ApiError`. */
  async snooze(body: NoticesSnooze): Promise<void> {
    this.#unread = (await ask('POST /notices/snooze', { body })).unread;
  }

  /**
   * An event is open before somebody's eyes: what they were to be told of it is read, and what comes while it stands
   * there. Call the result when it is closed.
   */
  reading(eventId: Id): () => void {
    const read = () => {
      if (document.visibilityState !== 'visible' || this.#unread === 0) return;
      // Not told just now: again when the connection is back.
      this.seen({ eventId }).catch(() => {});
    };
    this.#readers.add(read);
    const offs = [
      () => this.#readers.delete(read),
      live.on('notice.changed', ({ notice, isNew }) => {
        if (isNew && notice.eventId === eventId) read();
      }),
    ];
    read();
    document.addEventListener('visibilitychange', read);
    return () => {
      for (const off of offs) off();
      document.removeEventListener('visibilitychange', read);
    };
  }

  async #refresh(): Promise<void> {
    if (session.state !== 'in') return;
    try {
      const page = await ask('GET /notices', { query: { limit: 1 } });
      this.#unread = page.unread;
      for (const read of this.#readers) read();
    } catch {
      // The next notice brings the number.
    }
  }
}

export const notices = new Notices();
