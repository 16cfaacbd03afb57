// One standing query as the server answers it. Order of things: subscribe (snapshot, or the missed frames after a
// break) → frames, gathered and applied once per animation frame → whoever draws it is told. A frame that was missed,
// a beat that is ahead, a reset or a new connection subscribes again, with the position where there is one. What of it
// is drawn, and where, is not decided here: `DeskRows`.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Count, FeedFrame } from '@svodka/shared/feed/feed';
import { FeedView } from '@svodka/shared/feed/feed-view';
import { compareRows, formatRowKey, parseRowKey, type RowKey } from '@svodka/shared/feed/order';
import type { Filter } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { live, retryDelay } from '../api/live.ts';
import { ApiError, ask } from '../api/rest.ts';
import { connection } from './connection.svelte.ts';
import { counts } from './counts.ts';
import { refs } from './refs.svelte.ts';
import { joinRoom, leaveRoom } from './rooms.ts';

/** `loading` until the first snapshot; `failed` when the server refuses the filter or breaks. */
export type FeedState = 'loading' | 'ready' | 'failed';

const PAGE = 100;
const MOST = 200;

export type FeedOptions = {
  /** How many rows the first answer brings. */
  limit?: number;
  /** How far down the rows have to reach before a snapshot is shown; null: as far as it comes. */
  reach?: () => RowKey | null;
};

export class Feed {
  readonly filter: Filter;
  readonly #limit: number;
  readonly #reach: () => RowKey | null;
  #view = new FeedView();
  readonly #off: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();

  #state = $state<FeedState>('loading');
  #error = $state.raw<unknown>(null);
  #revision = $state(0);
  /** The room that it is counted in, also while the line is cut. */
  #counted = $state<string>();
  #pageState = $state<'idle' | 'loading' | 'failed'>('idle');

  #room: string | null = null;
  #subscribing = false;
  /** There is an answer that nobody was told of. */
  #answered = false;
  #isKept = false;
  #closed = false;
  #attempt = 0;
  #generation = 0;
  /** Frames that wait for the next animation frame, or for the answer to a subscription. */
  #frames: FeedFrame[] = [];
  /** Rooms that were reset while it subscribed: nothing comes from them any more. */
  #emptied = new Set<string>();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  /** Begins at once; `close()` when it leaves the screen. */
  constructor(filter: Filter, { limit = PAGE, reach = () => null }: FeedOptions = {}) {
    this.filter = filter;
    this.#limit = limit;
    this.#reach = reach;
    this.#off.push(
      live.on('feed.changed', (frame) => this.#take(frame)),
      live.on('feed.reset', ({ room }) => {
        // Which room is its own is not known before the answer, and the answer may be older than this.
        if (this.#subscribing) this.#emptied.add(room);
        else if (room === this.#room) void this.#subscribe(false);
      }),
      live.on('feed.beat', ({ room, position }) => {
        if (room === this.#room && this.#frames.length === 0 && this.#view.isBehind(position)) {
          void this.#subscribe(true);
        }
      }),
      live.onState((state) => {
        if (state !== 'online') this.#lost();
      }),
      live.onConnect(() => void this.#subscribe(this.#view.position !== '')),
    );
  }

  get state(): FeedState {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  /** What the server tells of it is told under this name; null: nothing is told just now. */
  get room(): string | null {
    return this.#room;
  }

  /** What the server has told of the query, in its order. The same array, changed in place. */
  get rows(): readonly SvodkaEvent[] {
    void this.#revision;
    return this.#view.rows;
  }

  /** How many events match; null until known. */
  get count(): Count | null {
    return counts.of(this.#counted) ?? null;
  }

  /** Whether there are older rows to load. */
  get hasMore(): boolean {
    void this.#revision;
    return this.#view.next !== null;
  }

  get pageState(): 'idle' | 'loading' | 'failed' {
    return this.#pageState;
  }

  get(id: Id): SvodkaEvent | undefined {
    return this.#view.get(id);
  }

  /** Called whenever rows have come, changed or gone, and when there is an answer at all. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Without a line: begins with rows that were kept on the device. What the server answers takes their place. */
  begin(rows: readonly SvodkaEvent[], hasMore: boolean): void {
    const last = rows.at(-1);
    if (this.#state !== 'loading' || live.state === 'online') return;
    this.#view = new FeedView({
      mode: 'snapshot',
      room: '',
      position: '',
      rows: [...rows],
      next: hasMore && last ? formatRowKey(last) : null,
      refs: { projects: [], counterparties: [], users: [] },
      count: null,
      reset: false,
    });
    this.#state = 'ready';
    this.#answered = true;
    this.#isKept = true;
    this.#draw();
  }

  /** Its rows are those that were kept on the device: the server has not answered yet. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Loads the next older page, if there is one and none is on its way. */
  async loadMore(): Promise<void> {
    if (this.#pageState === 'loading' || this.#state !== 'ready') return;
    await this.#loadPage(this.#view, PAGE);
    if (!this.#closed) this.tell();
  }

  /** False when there is none, or it did not come. */
  async #loadPage(view: FeedView, limit: number): Promise<boolean> {
    const after = view.next;
    if (after === null) return false;
    const mine = this.#generation;
    this.#pageState = 'loading';
    view.expectPage();
    try {
      const page = await ask('GET /events', { query: { filter: toText(this.filter), after, limit } });
      if (this.#closed || mine !== this.#generation) return false;
      refs.add(page.refs);
      view.append(page);
      this.#pageState = 'idle';
      return true;
    } catch {
      if (this.#closed || mine !== this.#generation) return false;
      view.cancelPage();
      this.#pageState = 'failed';
      return false;
    }
  }

  /** After a snapshot: as many pages as bring the rows down to where somebody reads. */
  async #loadDown(view: FeedView): Promise<void> {
    for (;;) {
      const wanted = this.#reach();
      const { next } = view;
      const floor = next === null ? null : parseRowKey(next);
      if (!wanted || !floor || compareRows(floor, wanted) >= 0) return;
      if (!(await this.#loadPage(view, MOST))) return;
    }
  }

  /** Asks again after a failure. */
  retry(): void {
    this.#attempt = 0;
    this.#state = 'loading';
    void this.#subscribe(false);
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
    for (const timer of this.#timers) clearTimeout(timer);
    due.delete(this);
    if (this.#room !== null) leaveRoom(this.#room);
    this.#room = null;
  }

  /** The socket is gone, and its rooms with it. What is on the screen stays. */
  #lost(): void {
    this.#room = null;
    this.#subscribing = false;
    this.#frames = [];
  }

  #later(run: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) run();
    }, ms);
    this.#timers.add(timer);
  }

  async #subscribe(resume: boolean): Promise<void> {
    if (this.#subscribing || this.#closed) return;
    this.#subscribing = true;
    this.#emptied.clear();
    const mine = ++this.#generation;
    const caughtUp = resume ? connection.catchUp() : () => {};
    const old = this.#room;
    try {
      const answer = await joinRoom({
        filter: this.filter,
        limit: Math.min(MOST, Math.max(this.#limit, this.#view.rows.length)),
        ...(resume ? { position: this.#view.position } : {}),
      });
      if (this.#closed || mine !== this.#generation) {
        leaveRoom(answer.room);
        return;
      }
      if (old !== null) leaveRoom(old);
      this.#room = answer.room;
      counts.put(answer.room, answer.count);
      this.#counted = answer.room;
      if (answer.mode === 'snapshot') {
        refs.add(answer.refs);
        this.#pageState = 'idle';
        // The old rows stand until the new ones reach as far; what is told meanwhile waits with the other frames.
        const view = new FeedView(answer);
        await this.#loadDown(view);
        if (this.#closed || mine !== this.#generation) return;
        this.#view = view;
      } else {
        connection.setBehind(answer.frames.reduce((sum, frame) => sum + frame.ops.length, 0));
        for (const frame of answer.frames) refs.add(frame.refs);
        this.#view.cancelPage();
        this.#pageState = 'idle';
        this.#view.resume(answer);
      }
      this.#error = null;
      this.#attempt = 0;
      this.#subscribing = false;
      this.#answered = true;
      this.#isKept = false;
      // What came between the join and the answer.
      this.#frames = this.#frames.filter((frame) => frame.room === this.#room);
      this.#draw();
      if (this.#emptied.has(answer.room)) void this.#subscribe(false);
    } catch (error) {
      if (this.#closed || mine !== this.#generation) return;
      this.#subscribing = false;
      const failure = error instanceof ApiError ? error : null;
      // Without a connection the next one asks again by itself.
      if (failure?.network && live.state !== 'online') return;
      if (failure && ['validation', 'forbidden', 'unauthenticated'].includes(failure.code)) {
        this.#fail(error);
        return;
      }
      if (this.#attempt > 2 && this.#state === 'loading') this.#fail(error);
      this.#later(() => void this.#subscribe(resume), retryDelay(this.#attempt++));
    } finally {
      caughtUp();
    }
  }

  #fail(error: unknown): void {
    this.#state = 'failed';
    this.#error = error;
    this.tell();
  }

  #take(frame: FeedFrame): void {
    if (this.#subscribing ? false : frame.room !== this.#room) return;
    this.#frames.push(frame);
    if (!this.#subscribing) this.#draw();
  }

  #draw(): void {
    due.add(this);
    schedule();
  }

  /**
   * Applies what has come; `tell` follows once every feed has, so that nobody sees one without the other.
   * @returns whether there is anything to tell: a frame may bring nothing but the position
   */
  apply(): boolean {
    if (this.#subscribing || this.#closed) return false;
    const before = this.#view.revision;
    const frames = this.#frames;
    this.#frames = [];
    for (const frame of frames) {
      refs.add(frame.refs);
      if (this.#view.apply(frame) === 'missed') {
        void this.#subscribe(true);
        break;
      }
    }
    connection.setBehind(0);
    // With its rows, and not a frame before them: between the two an empty list would be said to be empty.
    if (this.#answered) this.#state = 'ready';
    const changed = this.#answered || this.#view.revision !== before;
    this.#answered = false;
    return changed;
  }

  /** Tells whoever draws it. */
  tell(): void {
    if (this.#closed) return;
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }
}

/** Feeds that have something new. */
const due = new Set<Feed>();
let scheduled = false;

/**
 * Once per animation frame, all feeds in one: a change that moves a row from one to another is one step on the screen.
 * A page in the background has no frames, so a timer stands in.
 */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  const run = () => {
    scheduled = false;
    const feeds = [...due];
    due.clear();
    const changed = feeds.filter((feed) => feed.apply());
    for (const feed of changed) feed.tell();
  };
  if (document.visibilityState === 'visible') requestAnimationFrame(run);
  else setTimeout(run, 50);
}
