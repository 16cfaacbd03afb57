// The event in the pane, by a line of its own, so that every change reaches it, whatever list it was opened from: the
// server answers with the event and its discussion, and tells what becomes of both. Its revisions are read when they
// are asked for.
import type { Comment, Reaction, Reader } from '@svodka/shared/contracts/comment';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Answer } from '@svodka/shared/routes/all';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../../api/live.ts';
import { ApiError, ask } from '../../api/rest.ts';
import { clock } from '../../state/clock.svelte.ts';
import { madeAt, type Say, type Words } from '../../state/deeds.ts';
import { errorText } from '../../state/error-text.ts';
import { titleOf } from '../../state/event-names.ts';
import { followAgain, followEvent } from '../../state/follow.ts';
import { t } from '../../state/i18n.svelte.ts';
import { isUnsent, outbox } from '../../state/outbox.svelte.ts';
import { type Entry, queue } from '../../state/queue.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { keepSeen, seenLast } from '../../state/seen.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/** How much of a discussion is kept on the device, and how long after the last change, ms. */
const KEPT_COMMENTS = 200;
const KEPT_AFTER_MS = 700;
/** `comments`: null where they were never read. */
type KeptEvent = { event: SvodkaEvent; comments: Comment[] | null; refs: Refs };

/** A comment as it is drawn: one that waits to be sent, or what is to become of one, has its entry in the outbox. */
export type Said = Comment & { entry?: Entry };

const byTime = (a: Comment, b: Comment) =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;

/** A comment that waits to be sent, as it will be. */
function pending({ id }: Entry, deed: Say): Comment {
  const { eventId, body, mentionIds, groups, replyToId, isPublic, saidAt = madeAt(id) } = deed;
  const createdAt = new Date(saidAt).toISOString();
  const authorId = session.user?.id ?? '';
  return {
    id,
    eventId,
    authorId,
    body,
    mentionIds,
    ...(groups && { groups }),
    ...(replyToId && { replyToId }),
    ...(isPublic && { isPublic }),
    createdAt,
    editedAt: null,
    deletedAt: null,
    version: 0,
  };
}

/** A comment as it will be once somebody's sign has arrived. */
function withSign(comment: Said, sign: Reaction, on: boolean): Said {
  const me = session.user?.id ?? '';
  const others = (comment.reactions?.[sign] ?? []).filter((id) => id !== me);
  return { ...comment, reactions: { ...comment.reactions, [sign]: on ? [...others, me] : others } };
}

export class OpenEvent {
  readonly id: Id;
  readonly #off: (() => void)[] = [];
  #event = $state.raw<SvodkaEvent | null>(null);
  /** The version with which it was removed, or left the scope of this person; 0: it is there. */
  #goneAt = $state(0);
  #failure = $state.raw<unknown>(null);
  #comments = new SvelteMap<Id, Comment>();
  /** How far each person has read: the moment of a comment. */
  #readers = new SvelteMap<Id, string>();
  #follows = $state<boolean | null>(null);
  #answered = $state<Id | null>(null);
  /** The comment that is being answered, once it is here. */
  replyTo = $derived(this.#comments.get(this.replyToId ?? '') ?? null);
  #commentsState = $state<'loading' | 'ready' | 'failed'>('loading');
  #revisions = $state.raw<Revision[] | null>(null);
  #revisionsFor = -1;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param given the event as a list has it, to begin with */
  constructor(id: Id, given: SvodkaEvent | null) {
    this.id = id;
    this.#event = given;
    this.#takeWritten();
    this.#off.push(
      outbox.onChange(() => this.#takeWritten()),
      live.on('comment.changed', (comment) => {
        if (comment.eventId === id) this.#take(comment);
      }),
      live.on('comments.read', ({ eventId, reader }) => {
        if (eventId === id) this.#takeReaders([reader]);
      }),
      // A sign that was refused goes as it came: nothing was typed.
      queue.onRefused(({ id: entry, deed }, error) => {
        if (deed.kind !== 'comment.react' || deed.comment.eventId !== id) return;
        queue.drop(entry);
        toasts.show({ title: t('unsent.refused'), text: errorText(error), tone: 'critical' });
      }),
      queue.onDone(({ deed }, { event, comment }) => {
        if (comment?.eventId === id) this.#take(comment);
        // Whoever writes takes part from now on, unless they have said that they do not.
        if (comment?.eventId === id && deed.kind === 'comment') this.#follows ??= true;
        if (event?.id !== id) return;
        this.changed(event);
        if (deed.kind === 'create') followAgain();
        // It may be taken back.
        void this.readRevisions();
      }),
      live.on('event.changed', ({ event, refs: named }) => {
        if (event.id !== id) return;
        refs.add(named);
        this.changed(event);
      }),
      live.on('event.gone', (fact) => {
        if (fact.id === id && fact.version > (this.#event?.version ?? 0)) this.#goneAt = fact.version;
      }),
      followEvent({
        id,
        took: (answer) => {
          refs.add(answer.refs);
          this.#failure = null;
          if (answer.row) this.changed(answer.row);
          this.#takeReaders(answer.readers);
          this.#follows = answer.follows;
          void this.#takeComments(answer.comments, answer.next);
        },
        failed: (error) => this.#failed(error),
      }),
    );
    if (live.state !== 'online') void this.#read();
  }

  /** Null until it is known, or when it is not there for this person. */
  get event(): SvodkaEvent | null {
    return this.#event ? outbox.view(this.#event) : null;
  }

  /** It was deleted, or left the scope of this person, while it was open. */
  get gone(): boolean {
    return this.#goneAt > 0;
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** What is being answered; what is removed is answered no more. */
  get replyToId(): Id | null {
    return this.#comments.get(this.#answered ?? '')?.deletedAt ? null : this.#answered;
  }

  answer(commentId: Id | null): void {
    this.#answered = commentId;
  }

  /** Oldest first; those that wait stand last. */
  comments = $derived.by<Said[]>(() => {
    const said = new Map<Id, Said>(this.#comments);
    const waiting: Said[] = [];
    for (const entry of queue.of(this.id)) {
      const { deed, id } = entry;
      if (deed.kind === 'comment' && !said.has(id)) waiting.push({ ...pending(entry, deed), entry });
      if (!('comment' in deed)) continue;
      const held = said.get(deed.comment.id) ?? deed.comment;
      if (deed.kind === 'comment.react') said.set(held.id, withSign(held, deed.sign, deed.on));
      else if (deed.kind === 'comment.edit') {
        const { body, mentionIds, groups = [], isPublic = held.isPublic ?? false } = deed;
        said.set(held.id, { ...held, body, mentionIds, groups, isPublic, entry });
      } else {
        const me = session.user?.id;
        const gone = { body: '', deletedAt: new Date().toISOString(), ...(me && { deletedBy: me }) };
        const after = deed.kind === 'comment.remove' && !entry.refusal ? gone : {};
        said.set(held.id, { ...held, ...after, entry });
      }
    }
    return [...[...said.values()].sort(byTime), ...waiting];
  });

  /** Edits of the event itself that are not with the server yet, and what else was done to it and refused. */
  unsent = $derived.by(() =>
    queue.of(this.id).filter(({ deed, refusal }) => deed.kind === 'edit' || (refusal && 'event' in deed)),
  );

  get commentsState(): 'loading' | 'ready' | 'failed' {
    return this.#commentsState;
  }

  /** Whether comments are told to this person; null: not yet. */
  get follows(): boolean | null {
    return this.#follows;
  }

  /** Those who have read each comment and nothing after it; nobody at their own. */
  readBy = $derived.by<Map<Id, Id[]>>(() => {
    const read = new Map<Id, Id[]>();
    const comments = [...this.#comments.values()].sort(byTime);
    for (const [userId, readAt] of this.#readers) {
      const last = comments.findLast(({ createdAt }) => createdAt <= readAt);
      if (last && last.authorId !== userId && userId !== session.user?.id)
        read.set(last.id, [...(read.get(last.id) ?? []), userId]);
    }
    return read;
  });

  get revisions(): Revision[] | null {
    return this.#revisions;
  }

  /** The event as somebody has left it. */
  changed(event: SvodkaEvent): void {
    if (this.#event && this.#event.version > event.version) return;
    this.#event = event;
    this.#keepSoon();
    if (event.version > this.#goneAt) this.#goneAt = 0;
  }

  /** Reads what was changed, if it is not the list that is already here. */
  async readRevisions(): Promise<void> {
    const rev = this.event?.rev ?? 0;
    if (this.#revisionsFor === rev) return;
    this.#revisionsFor = rev;
    try {
      const answer = await ask('GET /events/:id/revisions', { id: this.id });
      refs.add(answer.refs);
      if (!this.#closed) this.#revisions = answer.items;
    } catch {
      this.#revisionsFor = -1;
    }
  }

  /** Shows the comment at once, and sends it when it can. @param draft its id. @returns the comment's */
  say(words: Words, replyToId?: Id | null, draft?: Id): Id {
    const said = this.comments.find(({ id }) => id === draft);
    // Another tab has said something else with it: these are other words.
    const id = said && said.body !== words.body ? undefined : draft;
    const answer = replyToId ? { replyToId } : {};
    const saidAt = clock.now;
    return queue.put(
      { kind: 'comment', eventId: this.id, title: this.#title, saidAt, ...answer, ...words },
      id,
    ).id;
  }

  editComment(comment: Comment, words: Words): void {
    const isThere = this.#comments.has(comment.id);
    const waiting = isThere ? undefined : queue.of(this.id).find(({ id }) => id === comment.id);
    // Not there yet: the words are changed, not the comment. Its files wait for its id, unless another has that.
    if (waiting?.deed.kind === 'comment' && queue.drop(waiting.id)) {
      const { isPublic = false, replyToId } = waiting.deed;
      const isTaken = waiting.refusal?.code === 'conflict';
      // What it answers may be what it was refused for.
      const mayAnswer = !waiting.refusal?.details?.some(({ field }) => field === 'replyToId');
      this.say({ isPublic, ...words }, mayAnswer ? replyToId : null, isTaken ? undefined : waiting.id);
    } else {
      this.#dropRefused(comment.id);
      queue.put({ kind: 'comment.edit', comment: this.#held(comment), title: this.#title, ...words });
    }
  }

  removeComment(comment: Comment): void {
    if (queue.drop(comment.id)) return;
    this.#dropRefused(comment.id);
    queue.put({ kind: 'comment.remove', comment: this.#held(comment), title: this.#title });
  }

  restoreComment(comment: Comment): void {
    const removal = queue
      .of(this.id)
      .find(({ deed }) => deed.kind === 'comment.remove' && deed.comment.id === comment.id);
    // Not sent yet: then it was never removed.
    if (removal && queue.drop(removal.id)) return;
    queue.put({ kind: 'comment.restore', comment: this.#held(comment), title: this.#title });
  }

  react(comment: Comment, sign: Reaction): void {
    const on = !comment.reactions?.[sign]?.includes(session.user?.id ?? '');
    queue.put({ kind: 'comment.react', comment: this.#held(comment), title: this.#title, sign, on });
  }

  /** What is said up to here stood before somebody's eyes. */
  read(comment: Comment): void {
    const me = session.user?.id;
    if (!me || comment.version === 0 || (this.#readers.get(me) ?? '') >= comment.createdAt) return;
    this.#readers.set(me, comment.createdAt);
    // Not told just now: with the next comment, or when it is opened again.
    ask('POST /events/:id/read', { id: this.id, body: { commentId: comment.id } }).catch(() => {});
  }

  /** Throws `ApiError`. */
  async follow(follows: boolean): Promise<void> {
    this.#follows = (await ask('POST /events/:id/follow', { id: this.id, body: { follows } })).follows;
  }

  get #title(): string {
    return this.#event ? titleOf(this.#event) : '';
  }

  #held(comment: Comment): Comment {
    return this.#comments.get(comment.id) ?? comment;
  }

  /** A new attempt takes the place of one that was refused. */
  #dropRefused(commentId: Id): void {
    for (const { id, deed, refusal } of queue.of(this.id)) {
      if (refusal && 'comment' in deed && deed.comment.id === commentId) queue.drop(id);
    }
  }

  retryComments(): void {
    this.#commentsState = 'loading';
    if (live.state === 'online') followAgain();
    else void this.#read();
  }

  close(): void {
    // Whoever walks on at once may come back without a line.
    if (this.#keeping) this.#keep();
    this.#closed = true;
    for (const off of this.#off) off();
  }

  #takeReaders(readers: readonly Reader[]): void {
    for (const { userId, readAt } of readers)
      if ((this.#readers.get(userId) ?? '') < readAt) this.#readers.set(userId, readAt);
  }

  #take(comment: Comment): void {
    const held = this.#comments.get(comment.id);
    if (!held || held.version < comment.version) this.#comments.set(comment.id, comment);
  }

  /** One that was written here and is not with the server yet: nothing was said of it. */
  #takeWritten(): void {
    const written = this.#event ? undefined : outbox.writtenOf(this.id);
    if (written) {
      this.#event = written;
      this.#failure = null;
    }
    if (this.#event && isUnsent(this.#event)) this.#commentsState = 'ready';
  }

  /** The event and what was said of it, as far as the device has them: it is read without a line, too. */
  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.#keep(), KEPT_AFTER_MS);
  }

  /** @param partly also where the discussion is not known */
  #keep({ partly = false } = {}): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    const event = this.#event;
    if (!event || isUnsent(event) || this.gone) return;
    if (this.#commentsState !== 'ready' && !partly) return;
    const said = [...this.#comments.values()].sort(byTime).slice(-KEPT_COMMENTS);
    const users = said.map(({ authorId }) => ({ ...event, author: { userId: authorId, name: '' } }));
    void keepSeen('event', this.id, {
      event,
      comments: this.#commentsState === 'ready' ? said : null,
      refs: refs.of([event, ...users]),
    } satisfies KeptEvent);
  }

  /** False: it was never opened here. */
  async #readKept(): Promise<boolean> {
    const kept = await seenLast<KeptEvent>('event', this.id);
    if (!kept || this.#closed) return kept !== null;
    const { event, comments, refs: named } = kept.value;
    refs.add(named);
    this.changed(event);
    for (const comment of comments ?? []) this.#take(comment);
    this.#commentsState = comments ? 'ready' : 'failed';
    return true;
  }

  /** Without the line: as it stands just now. */
  async #read(): Promise<void> {
    try {
      const answer = await ask('GET /events/:id', { id: this.id });
      refs.add(answer.refs);
      this.#failure = null;
      this.changed(answer.event);
      await this.#takeComments([], '');
    } catch (error) {
      const isCut = error instanceof ApiError && error.network;
      if (isCut && (await this.#readKept())) return;
      this.#failed(error);
      // As its list had it: more of it there is not.
      if (isCut && !this.#closed) this.#keep({ partly: true });
    }
  }

  #failed(error: unknown): void {
    if (this.#closed || (this.#event && isUnsent(this.#event))) return;
    const isMissing = error instanceof ApiError && error.code === 'not-found';
    if (isMissing && this.#event) this.#goneAt = this.#event.version + 1;
    else if (!this.#event) this.#failure = error;
    if (this.#commentsState === 'loading') this.#commentsState = 'failed';
  }

  /** The beginning of the discussion, and the rest of it page by page. @param next where the rest begins; null: there is none */
  async #takeComments(first: readonly Comment[], next: string | null): Promise<void> {
    for (const comment of first) this.#take(comment);
    try {
      for (let after = next; after !== null; ) {
        const page: Answer<'GET /events/:id/comments'> = await ask('GET /events/:id/comments', {
          id: this.id,
          query: { limit: 200, after },
        });
        if (this.#closed) return;
        refs.add(page.refs);
        this.#takeReaders(page.readers);
        this.#follows = page.follows;
        for (const comment of page.items) this.#take(comment);
        after = page.next;
      }
      this.#commentsState = 'ready';
      this.#keepSoon();
    } catch {
      if (this.#commentsState === 'loading') this.#commentsState = 'failed';
    }
  }
}
