// One standing query on the screen. Order of things: subscribe (snapshot, or the missed frames after a break) →
// frames, gathered and applied once per animation frame → `Arrangement` decides what of it may move. A frame that was
// missed, a beat that is ahead, a reset or a new connection subscribes again, with the position where there is one.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Count, FeedFrame } from '@svodka/shared/contracts/feed';
import type { Id } from '@svodka/shared/contracts/id';
import { FeedView } from '@svodka/shared/feed/feed-view';
import type { Filter } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { live, retryDelay } from '../api/live.ts';
import { ApiError, api } from '../api/rest.ts';
import { Arrangement, type Hold, type ShownRow } from './arrangement.ts';
import { connection } from './connection.svelte.ts';
import { outbox } from './outbox.svelte.ts';
import { refs } from './refs.svelte.ts';
import { joinRoom, leaveRoom } from './rooms.ts';

/** `loading` until the first snapshot; `failed` when the server refuses the filter or breaks. */
export type FeedState = 'loading' | 'ready' | 'failed';

const PAGE = 100;
const MOST = 200;
/** The rows that a filter last showed: a feed that is opened again begins with them, dimmed, until the server answers. */
const lastKnown = new Map<string, readonly ShownRow[]>();
const REMEMBERED = 12;

export class Feed {
  readonly filter: Filter;
  readonly #limit: number;
  readonly #above: Feed | null;
  readonly #view = new FeedView();
  readonly #arrangement = new Arrangement();
  readonly #off: (() => void)[] = [];

  #state = $state<FeedState>('loading');
  #error = $state.raw<unknown>(null);
  #rows = $state.raw<readonly ShownRow[]>([]);
  #waiting = $state(0);
  #count = $state.raw<Count | null>(null);
  #hasMore = $state(false);
  #pageState = $state<'idle' | 'loading' | 'failed'>('idle');

  #room: string | null = null;
  #subscribing = false;
  #closed = false;
  #attempt = 0;
  #generation = 0;
  /** Frames that wait for the next animation frame, or for the answer to a subscription. */
  #frames: FeedFrame[] = [];
  #drawing = 0;
  #hold: Hold = 'none';
  #anchor: Id | null = null;
  readonly #welcome = new Set<Id>();
  #begun = $state(false);
  readonly #arranged = new Set<() => void>();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  /**
   * Begins at once; `close()` when it leaves the screen.
   * @param above a feed whose rows stand above this one's and are not repeated here: this one begins when it is known
   */
  constructor(filter: Filter, limit = PAGE, above: Feed | null = null) {
    this.filter = filter;
    this.#limit = limit;
    this.#above = above;
    this.#rows = lastKnown.get(this.#key()) ?? [];
    if (above) {
      const follow = () => this.#state === 'ready' && this.#arrange();
      above.#arranged.add(follow);
      this.#off.push(() => above.#arranged.delete(follow));
    }
    this.#off.push(
      outbox.onChange(() => this.#state === 'ready' && this.#arrange()),
      live.on('feed.changed', (frame) => this.#take(frame)),
      live.on('feed.reset', ({ room }) => {
        if (room === this.#room) void this.#subscribe(false);
      }),
      live.on('feed.beat', ({ room, position }) => {
        if (room === this.#room && this.#frames.length === 0 && this.#view.isBehind(position)) {
          void this.#subscribe(true);
        }
      }),
      live.on('count.changed', ({ room, count }) => {
        if (room === this.#room) this.#count = count;
      }),
      live.onState((state) => {
        if (state !== 'online') this.#lost();
      }),
      live.onConnect(() => void this.#subscribe(this.#view.position !== '')),
    );
  }

  get state(): FeedState {
    return this.#state === 'ready' && !this.#begun ? 'loading' : this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  /** What is on the screen, ghosts included, in order. */
  get rows(): readonly ShownRow[] {
    return this.#rows;
  }

  /** Rows that have arrived and wait to be let in. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many events match; null until known. */
  get count(): Count | null {
    return this.#count;
  }

  /** Whether there are older rows to load. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get pageState(): 'idle' | 'loading' | 'failed' {
    return this.#pageState;
  }

  get(id: Id): SvodkaEvent | undefined {
    return this.#view.get(id);
  }

  /** How still to keep, and which row is in hand. */
  hold(hold: Hold, anchor: Id | null): void {
    if (hold === this.#hold && anchor === this.#anchor) return;
    this.#hold = hold;
    this.#anchor = anchor;
    this.#arrange();
  }

  /** Lets the waiting rows in, whoever is reading. */
  release(): void {
    this.#arrange('none');
  }

  /** A row that this person has just made comes in at once, whoever is reading. */
  welcome(id: Id): void {
    this.#welcome.add(id);
    this.#arrange();
  }

  /** Loads the next older page, if there is one and none is on its way. */
  async loadMore(): Promise<void> {
    const after = this.#view.next;
    if (after === null || this.#pageState === 'loading' || this.#state !== 'ready') return;
    const mine = this.#generation;
    this.#pageState = 'loading';
    this.#view.expectPage();
    try {
      const page = await api.events.list({ filter: toText(this.filter), after, limit: PAGE });
      if (this.#closed || mine !== this.#generation) return;
      refs.add(page.refs);
      this.#view.append(page);
      this.#pageState = 'idle';
      this.#arrange();
    } catch {
      if (this.#closed || mine !== this.#generation) return;
      this.#view.cancelPage();
      this.#pageState = 'failed';
    }
  }

  /** Asks again after a failure. */
  retry(): void {
    this.#attempt = 0;
    this.#state = 'loading';
    void this.#subscribe(false);
  }

  /** Nothing that one person has seen is shown to the next. */
  static forget(): void {
    lastKnown.clear();
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
    for (const timer of this.#timers) clearTimeout(timer);
    cancelAnimationFrame(this.#drawing);
    if (this.#room !== null) leaveRoom(this.#room);
    this.#room = null;
    if (this.#state !== 'ready') return;
    lastKnown.delete(this.#key());
    lastKnown.set(this.#key(), this.#rows.filter((row) => !row.ghost).slice(0, PAGE));
    for (const key of lastKnown.keys()) {
      if (lastKnown.size <= REMEMBERED) break;
      lastKnown.delete(key);
    }
  }

  #key(): string {
    return `${this.#limit} ${JSON.stringify(this.filter)}`;
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
      this.#count = answer.count;
      if (answer.mode === 'snapshot') {
        refs.add(answer.refs);
        const fresh = this.#state !== 'ready';
        this.#view.replace(answer);
        if (fresh) this.#arrangement.reset();
        this.#pageState = 'idle';
      } else {
        connection.setBehind(answer.frames.reduce((sum, frame) => sum + frame.ops.length, 0));
        for (const frame of answer.frames) refs.add(frame.refs);
        this.#view.cancelPage();
        this.#pageState = 'idle';
        this.#view.resume(answer);
      }
      this.#state = 'ready';
      this.#error = null;
      this.#attempt = 0;
      this.#subscribing = false;
      // What came between the join and the answer.
      this.#frames = this.#frames.filter((frame) => frame.room === this.#room);
      this.#draw();
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
    for (const listener of this.#arranged) listener();
  }

  #take(frame: FeedFrame): void {
    if (this.#subscribing ? false : frame.room !== this.#room) return;
    this.#frames.push(frame);
    if (!this.#subscribing) this.#draw();
  }

  /** Once per animation frame; a page in the background has none, so a timer stands in. */
  #draw(): void {
    if (this.#drawing) return;
    const run = () => {
      this.#drawing = 0;
      if (!this.#closed) this.#apply();
    };
    if (document.visibilityState === 'visible') this.#drawing = requestAnimationFrame(run);
    else {
      this.#drawing = -1;
      this.#later(run, 50);
    }
  }

  #apply(): void {
    if (this.#subscribing) return;
    const frames = this.#frames;
    this.#frames = [];
    let missed = false;
    for (const frame of frames) {
      refs.add(frame.refs);
      if (this.#view.apply(frame) === 'missed') {
        missed = true;
        break;
      }
    }
    connection.setBehind(0);
    this.#arrange();
    if (missed) void this.#subscribe(true);
  }

  #arrange(hold: Hold = this.#hold): void {
    if (this.#above && !this.#begun && this.#above.state === 'loading') return;
    const above = new Set(this.#above?.rows.filter((row) => !row.ghost).map((row) => row.event.id));
    const rows = this.#view.rows.filter((row) => !above.has(row.id) && !outbox.isGone(row));
    const now = Date.now();
    this.#arrangement.arrange(rows, hold, now, this.#anchor);
    for (const id of this.#welcome) {
      if (!this.#view.get(id)) continue;
      this.#welcome.delete(id);
      if (this.#arrangement.isWaiting(id)) this.#arrangement.arrange(rows, 'none', now, this.#anchor);
    }
    this.#begun = true;
    this.#rows = this.#arrangement.rows;
    this.#waiting = this.#arrangement.waiting;
    this.#hasMore = this.#view.next !== null;
    const departure = this.#arrangement.nextDeparture(hold);
    if (departure !== null) this.#later(() => this.#arrange(), Math.max(20, departure - now));
    for (const listener of this.#arranged) listener();
  }
}
