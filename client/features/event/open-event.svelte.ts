// The event in the pane: a feed of one, so that every change reaches it, whatever list it was opened from; its
// comments, which the server tells to those who have joined the discussion; its revisions, read when they are asked for.
import type { Comment } from '@svodka/shared/contracts/comment';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../../api/live.ts';
import { ApiError, api } from '../../api/rest.ts';
import { Feed } from '../../state/feed.svelte.ts';
import { outbox } from '../../state/outbox.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { session } from '../../state/session.svelte.ts';

/** A comment on its way: `failed` waits for the person to try again. */
export type Draft = Comment & { sending?: 'now' | 'failed'; failure?: unknown };

export class OpenEvent {
  readonly id: Id;
  readonly #feed: Feed;
  readonly #off: (() => void)[] = [];
  #given = $state.raw<SvodkaEvent | null>(null);
  #failure = $state.raw<unknown>(null);
  #comments = new SvelteMap<Id, Draft>();
  #commentsState = $state<'loading' | 'ready' | 'failed'>('loading');
  #revisions = $state.raw<Revision[] | null>(null);
  #revisionsFor = -1;
  #closed = false;

  /** @param given the event as a list has it, to begin with */
  constructor(id: Id, given: SvodkaEvent | null) {
    this.id = id;
    this.#given = given;
    this.#feed = new Feed({ field: 'id', in: [id] }, 1);
    this.#off.push(
      live.on('comment.changed', (comment) => {
        if (comment.eventId === id) this.#take(comment);
      }),
      live.onConnect(() => void this.#join()),
    );
    if (!given) void this.#read();
    void this.#readComments();
  }

  /** Null until it is known, or when it is not there for this person. */
  get event(): SvodkaEvent | null {
    const row = this.#feed.rows[0];
    const live = row && !row.ghost ? row.event : null;
    const given = this.#given;
    const newest = live && given ? (live.version >= given.version ? live : given) : (live ?? given);
    return newest ? outbox.view(newest) : null;
  }

  /** It was deleted, or left the scope of this person, while it was open. */
  get gone(): boolean {
    return (
      this.#feed.state === 'ready' && this.#feed.rows.every((row) => row.ghost) && this.#feed.count?.n === 0
    );
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** Oldest first. */
  comments = $derived.by(() => [...this.#comments.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));

  get commentsState(): 'loading' | 'ready' | 'failed' {
    return this.#commentsState;
  }

  get revisions(): Revision[] | null {
    return this.#revisions;
  }

  /** The answer to an edit: newer than what the feed has told so far. */
  changed(event: SvodkaEvent): void {
    this.#given = event;
  }

  /** Reads what was changed, if it is not the list that is already here. */
  async readRevisions(): Promise<void> {
    const rev = this.event?.rev ?? 0;
    if (this.#revisionsFor === rev) return;
    this.#revisionsFor = rev;
    try {
      const answer = await api.events.revisions(this.id);
      refs.add(answer.refs);
      if (!this.#closed) this.#revisions = answer.items;
    } catch {
      this.#revisionsFor = -1;
    }
  }

  /** Shows the comment at once and sends it; a repeat sends the same one again. */
  async say(body: string, mentionIds: Id[], id: Id = newId()): Promise<void> {
    const draft: Draft = {
      id,
      eventId: this.id,
      authorId: session.user?.id ?? '',
      body,
      mentionIds,
      createdAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
      version: 0,
      sending: 'now',
    };
    this.#comments.set(id, draft);
    try {
      this.#take(await api.comments.create(this.id, { id, body, mentionIds }));
    } catch (failure) {
      if (this.#comments.get(id)?.version === 0)
        this.#comments.set(id, { ...draft, sending: 'failed', failure });
    }
  }

  forget(id: Id): void {
    this.#comments.delete(id);
  }

  /** Throws `ApiError`. */
  async editComment(id: Id, body: string, mentionIds: Id[]): Promise<void> {
    this.#take(await api.comments.edit(id, { body, mentionIds }));
  }

  /** Throws `ApiError`. */
  async removeComment(id: Id): Promise<void> {
    this.#take(await api.comments.remove(id));
  }

  retryComments(): void {
    void this.#readComments();
  }

  close(): void {
    this.#closed = true;
    this.#feed.close();
    for (const off of this.#off) off();
    live.ask('event.close', { eventId: this.id }).catch(() => {});
  }

  #take(comment: Comment): void {
    const held = this.#comments.get(comment.id);
    if (!held || held.version < comment.version) this.#comments.set(comment.id, comment);
  }

  async #read(): Promise<void> {
    try {
      const answer = await api.events.get(this.id);
      refs.add(answer.refs);
      this.#given = answer.event;
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Joins, then reads: what was said in between is in one or the other. */
  async #join(): Promise<void> {
    try {
      await live.ask('event.open', { eventId: this.id });
    } catch (error) {
      if (!(error instanceof ApiError) || error.network) return;
    }
    if (!this.#given && !this.#closed) void this.#read();
    await this.#readComments();
  }

  async #readComments(): Promise<void> {
    try {
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof api.comments.list>> = await api.comments.list(this.id, {
          limit: 200,
          ...(after ? { after } : {}),
        });
        if (this.#closed) return;
        refs.add(page.refs);
        for (const comment of page.items) this.#take(comment);
        after = page.next;
      } while (after);
      this.#commentsState = 'ready';
    } catch {
      if (this.#commentsState === 'loading') this.#commentsState = 'failed';
    }
  }
}
