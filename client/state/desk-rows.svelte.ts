// The rows of a desk: one model for the lane of what is urgent, the list below it, the ring of the keyboard and the
// counts. Two standing queries feed it, the filter and the urgent part of it; which row stands where follows from both
// and is decided here alone. The law: every row that was loaded is in exactly one place, in the lane or in the list
// (or is counted as waiting while somebody reads), and the ring stands on a row that is on the screen.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { compareRows, compareUrgency, type RowKey } from '@svodka/shared/feed/order';
import { and, conjunctsOf, type Filter } from '@svodka/shared/filter/ast';
import { Arrangement, GHOST_MS, type Hold, type ShownRow } from './arrangement.ts';
import { Feed, type FeedState } from './feed.svelte.ts';
import { KeptRows } from './kept-rows.ts';
import { laneChoice } from './lane-choice.svelte.ts';
import { outbox } from './outbox.svelte.ts';
import type { Place } from './places.ts';
import { session } from './session.svelte.ts';
import { isUrgent, URGENT } from './urgent.ts';

/** The lane without «ещё N». */
export const LANE_MOST = 5;
/** How many rows that have just become urgent stand in it beside those. */
const NEWS_MOST = 3;
/** The lane is ordered here, so all of it is wanted; beyond this, the newest are ordered and the others stay in the list. */
const LANE_LOADED = 600;
const LANE_PAGE = 200;

/** `folded`: only its head, the rows stand in the list. `short`: the most urgent. `whole`: all, scrolling with the list. */
export type LaneMode = 'folded' | 'short' | 'whole';

/** How long after an undo the news of what it took back may still come, ms. */
const SETTLES_MS = 5_000;
/** `since`: ms; when it was asked for. */
type Returning = { focus: boolean; since: number; again?: { from: Id | null; until: number } };

/** Where the person's hand is: the row under the pointer, whether the pointer or the focus is in the rows at all. */
export type Hand = { pointer: Id | null; inside: boolean; focus: boolean; atTop: boolean };

type Remembered = { lane: readonly ShownRow[]; list: readonly ShownRow[]; urgent: number };
/** The rows that a filter last showed: a desk that is opened again begins with them, dimmed, until the server answers. */
const lastKnown = new Map<string, Remembered>();
const REMEMBERED = 12;
const REMEMBERED_ROWS = 1000;

/** The row after one, at the end the one before; in the lane as long as there is one, or the list would be thrown about. */
function nextOf(
  lane: readonly ShownRow[],
  list: readonly ShownRow[],
  id: Id,
  isThere: (row: ShownRow) => boolean,
): Id | null {
  const beside = (rows: readonly ShownRow[]) => {
    const at = rows.findIndex((row) => row.event.id === id);
    return rows.slice(at + 1).find(isThere) ?? rows.slice(0, Math.max(0, at)).findLast(isThere);
  };
  const isLane = lane.some((row) => row.event.id === id);
  const found = isLane ? (beside(lane) ?? list.find(isThere)) : (beside(list) ?? lane.findLast(isThere));
  return found?.event.id ?? null;
}

export class DeskRows {
  readonly list: Feed;
  readonly lane: Feed;
  /** The filter lets only urgent rows through. */
  readonly allUrgent: boolean;
  readonly #key: string;
  readonly #off: (() => void)[] = [];
  readonly #listPlace = new Arrangement();
  readonly #lanePlace = new Arrangement(compareUrgency, { entersBelow: true });

  #laneRows = $state.raw<readonly ShownRow[]>([]);
  #listRows = $state.raw<readonly ShownRow[]>([]);
  #ring = $state<Id | null>(null);
  #waiting = $state(0);
  #urgent = $state(0);
  #news = $state.raw<ReadonlySet<Id>>(new Set());
  #begun = $state(false);
  #whole = $state(false);

  #hand: Hand = { pointer: null, inside: false, focus: false, atTop: true };
  /** What this person has acted on: it comes in at once, whoever is reading, and is no news to them. */
  readonly #own = new Set<Id>();
  /** What is on its way back to the screen; `focus`: it is looked for there, and not only marked by the ring. */
  readonly #returning = new Map<Id, Returning>();
  /** What an undo has brought back, and until when it may go once more: the news of what was undone comes late. */
  readonly #brought = new Map<Id, number>();
  /** What was urgent the last time, and how far down that was known. */
  #known: Set<Id> | null = null;
  #laneFloor: RowKey | null = null;
  #mode: LaneMode = 'short';
  #ringMovedAt = Number.NEGATIVE_INFINITY;
  #departing: ReturnType<typeof setTimeout> | undefined;
  readonly #kept: KeptRows;
  readonly #filter: Filter;
  #closed = false;
  readonly #newsListeners = new Set<(events: SvodkaEvent[]) => void>();
  readonly #returnListeners = new Set<(id: Id) => void>();

  /** Where the list stands; written by whoever scrolls it, read when it is drawn anew. */
  place: Place | null;

  /**
   * Begins at once; `close()` when it leaves the screen.
   * @param filter everything that is asked of the server
   * @param place where this list was left when it was last on the screen
   */
  constructor(filter: Filter, place: Place | null = null) {
    this.place = place;
    this.#ring = place?.ring ?? null;
    this.#key = JSON.stringify(filter);
    this.#filter = filter;
    // Where everything is urgent, the order of urgency is the order of the list.
    const parts = new Set(conjunctsOf(filter).map((part) => JSON.stringify(part)));
    this.allUrgent = conjunctsOf(URGENT).every((part) => parts.has(JSON.stringify(part)));
    const known = lastKnown.get(this.#key);
    if (known) {
      this.#laneRows = known.lane;
      this.#listRows = known.list;
      this.#urgent = known.urgent;
    }
    this.lane = new Feed(and(filter, URGENT), { limit: LANE_PAGE });
    this.list = new Feed(filter, { reach: () => this.#reach() });
    this.#kept = new KeptRows(this.#key, this.lane, this.list);
    void this.#kept.begin();
    this.#off.push(
      this.lane.onChange(() => {
        if (this.lane.hasMore && this.lane.rows.length < LANE_LOADED && this.lane.pageState === 'idle') {
          void this.lane.loadMore();
        }
        this.#arrange();
      }),
      this.list.onChange(() => this.#arrange()),
      outbox.onChange(() => this.#arrange()),
      outbox.onReturn((id) => {
        this.#own.add(id);
        this.#returning.set(id, { focus: true, since: Date.now() });
      }),
    );
  }

  /** `loading` until both queries are answered: rows must not stand below and then jump into the lane. */
  get state(): FeedState {
    const { state } = this.list;
    return state === 'ready' && !this.#begun ? 'loading' : state;
  }

  /** The rows of the lane as they are drawn, ghosts included, in order. */
  get laneRows(): readonly ShownRow[] {
    return this.#laneRows;
  }

  /** The rows below the lane, ghosts included, in order. */
  get listRows(): readonly ShownRow[] {
    return this.#listRows;
  }

  get laneMode(): LaneMode {
    return laneChoice.folded ? 'folded' : this.#whole || this.allUrgent ? 'whole' : 'short';
  }

  /** How many rows are urgent, wherever they stand. */
  get urgent(): number {
    return this.#urgent;
  }

  /** How many urgent rows the lane does not show. */
  get laneMore(): number {
    return Math.max(0, this.#urgent - this.#laneRows.filter((row) => !row.ghost).length);
  }

  /** Rows that have arrived and wait to be let into the list. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What has become urgent here and was not looked at yet. */
  get news(): ReadonlySet<Id> {
    return this.#news;
  }

  /** The row that the keyboard is at: keys act on it and on no other. Null until there is one. */
  get ring(): Id | null {
    return this.#ring;
  }

  /** Every row on the screen that is no ghost, from the top. */
  order = $derived<SvodkaEvent[]>(
    [...this.#laneRows, ...this.#listRows].filter((row) => !row.ghost).map((row) => row.event),
  );

  /** The row that Tab stops at. Derived, because every row asks and nearly always hears what it heard before. */
  tabStop = $derived<Id | null>(this.#ring ?? this.#first()?.id ?? null);

  #first(): SvodkaEvent | undefined {
    const live = (row: ShownRow) => !row.ghost;
    return (this.#laneRows.find(live) ?? this.#listRows.find(live))?.event;
  }

  get ringed(): SvodkaEvent | null {
    return this.#ring === null ? null : this.#find(this.#ring);
  }

  /** The row that must keep its place on the screen. */
  get anchor(): Id | null {
    return this.#hand.pointer ?? (this.#hand.focus ? this.#ring : null);
  }

  /** Whether the ring has just left a row that went by itself: a key pressed now was meant for that one. */
  ringHasJustMoved(now = Date.now()): boolean {
    return now - this.#ringMovedAt < GHOST_MS;
  }

  setRing(id: Id | null): void {
    if (id !== null && !this.#isShown(id)) return;
    this.#ring = id;
    this.#ringMovedAt = Number.NEGATIVE_INFINITY;
    if (id !== null) this.seen(id);
  }

  /** The row `by` steps below the ring (above when negative), the last or first one at the ends. */
  neighbour(by: number, from: Id | null = this.#ring): Id | null {
    const at = from === null ? -1 : this.order.findIndex((row) => row.id === from);
    if (at < 0) return this.order[0]?.id ?? null;
    return this.order[Math.max(0, Math.min(this.order.length - 1, at + by))]?.id ?? null;
  }

  /** Where the keyboard goes when this row is dealt with. */
  following(id: Id): Id | null {
    return nextOf(this.#laneRows, this.#listRows, id, (row) => !row.ghost && row.event.id !== id);
  }

  /** Tells where the hand is; rows keep as still as that asks. */
  hold(hand: Hand): void {
    const before = this.#hand;
    if ((Object.keys(hand) as (keyof Hand)[]).every((key) => hand[key] === before[key])) return;
    this.#hand = hand;
    if (hand.pointer !== null) this.seen(hand.pointer);
    this.#arrange();
  }

  /** Lets the waiting rows in, whoever is reading. */
  release(): void {
    this.#arrange({ release: true });
  }

  /** A row that this person has just made comes in at once, whoever is reading. */
  welcome(id: Id): void {
    this.#own.add(id);
    this.#returning.set(id, { focus: false, since: Date.now() });
    this.#arrange();
  }

  fold(folded: boolean): void {
    laneChoice.choose({ folded });
    this.#arrange();
  }

  /** All urgent rows in the lane, or again the most urgent ones. */
  showWhole(whole: boolean): void {
    this.#whole = whole;
    if (whole && laneChoice.folded) laneChoice.choose({ folded: false });
    this.#arrange();
  }

  /** Puts the ring on the most urgent of the news, shown in the lane if it was not, and takes all of them as seen. */
  showNews(): Id | null {
    const first = this.#urgentRows().find((event) => this.#news.has(event.id))?.id ?? null;
    if (first !== null && !this.#isShown(first)) this.showWhole(true);
    this.#news = new Set();
    if (first !== null) this.setRing(first);
    this.#arrange();
    return this.#ring;
  }

  seen(id: Id): void {
    if (!this.#news.has(id)) return;
    this.#news = new Set([...this.#news].filter((each) => each !== id));
  }

  /** Called with what has just become urgent by somebody else's doing. */
  onNews(listener: (events: SvodkaEvent[]) => void): () => void {
    this.#newsListeners.add(listener);
    return () => this.#newsListeners.delete(listener);
  }

  /** Called with each row that this person has brought back, once it is on the screen. */
  onReturned(listener: (id: Id) => void): () => void {
    this.#returnListeners.add(listener);
    return () => this.#returnListeners.delete(listener);
  }

  /** The event as the newest of the two queries has it. */
  get(id: Id): SvodkaEvent | undefined {
    return this.list.get(id) ?? this.lane.get(id) ?? outbox.writtenOf(id);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#departing);
    this.#kept.close(this.#begun);
    for (const off of this.#off) off();
    this.list.close();
    this.lane.close();
    if (!this.#begun) return;
    const live = (rows: readonly ShownRow[]) =>
      rows
        .filter((row) => !row.ghost)
        .slice(0, REMEMBERED_ROWS)
        .map((row) => ({ ...row, fresh: false }));
    lastKnown.delete(this.#key);
    lastKnown.set(this.#key, {
      lane: live(this.#laneRows),
      list: live(this.#listRows),
      urgent: this.#urgent,
    });
    for (const key of lastKnown.keys()) {
      if (lastKnown.size <= REMEMBERED) break;
      lastKnown.delete(key);
    }
  }

  /** Nothing that one person has seen is shown to the next. */
  static forget(): void {
    lastKnown.clear();
  }

  #reach(): RowKey | null {
    return this.place?.end ?? null;
  }

  #isShown(id: Id): boolean {
    return this.#find(id) !== null;
  }

  #find(id: Id): SvodkaEvent | null {
    const is = (row: ShownRow) => row.event.id === id && !row.ghost;
    return (this.#laneRows.find(is) ?? this.#listRows.find(is))?.event ?? null;
  }

  #urgentRows(): SvodkaEvent[] {
    return this.lane.rows
      .filter((event) => !outbox.isGone(event) && isUrgent(outbox.view(event)))
      .sort(compareUrgency);
  }

  /** What was written here and is on its way stands where it will, as far down as the list is loaded. */
  #withWritten(rows: readonly SvodkaEvent[]): readonly SvodkaEvent[] {
    const last = this.list.hasMore ? rows.at(-1) : undefined;
    const written = outbox.writtenIn(this.#filter).filter((event) => {
      if (!this.list.get(event.id)) return !last || compareRows(event, last) <= 0;
      outbox.arrived(event.id);
      return false;
    });
    return written.length > 0 ? [...rows, ...written].sort(compareRows) : rows;
  }

  /** Which of the urgent rows the lane shows; the others stay in the list. */
  #chosen(urgent: readonly SvodkaEvent[], laneHold: Hold): Set<Id> {
    if (this.#mode === 'folded') return new Set();
    if (this.#mode === 'whole') return new Set(urgent.map((event) => event.id));
    const top = urgent.slice(0, LANE_MOST);
    const news = urgent
      .filter((event) => this.#news.has(event.id) && !top.includes(event))
      .slice(0, NEWS_MOST);
    // Under the pointer nothing is taken away, and the row with the ring stays where it is.
    const inHand = urgent.filter(
      ({ id }) => this.#lanePlace.isLive(id) && (laneHold === 'all' || id === this.#ring),
    );
    return new Set([...top, ...news, ...inHand].map((event) => event.id));
  }

  /** Finds out what has become urgent since the last time. */
  #hearNews(urgent: readonly SvodkaEvent[]): void {
    const ids = new Set(urgent.map((event) => event.id));
    const known = this.#known;
    const floor = this.#laneFloor;
    const news = urgent.filter((event) => {
      if (known === null || known.has(event.id) || this.#own.has(event.id)) return false;
      // A further page brings what was urgent all along.
      if (floor && compareRows(event, floor) > 0) return false;
      return event.author.userId === null || event.author.userId !== session.user?.id;
    });
    this.#known = ids;
    this.#laneFloor = this.lane.hasMore ? (this.lane.rows.at(-1) ?? null) : null;
    const kept = [...this.#news].filter((id) => ids.has(id));
    if (news.length === 0 && kept.length === this.#news.size) return;
    this.#news = new Set([...kept, ...news.map((event) => event.id)]);
    if (news.length > 0) for (const listener of this.#newsListeners) listener(news);
  }

  #arrange({ release = false } = {}): void {
    if (this.#closed || this.list.state !== 'ready') return;
    // The lane may have failed; the list stands without it.
    if (this.lane.state === 'loading') return;
    const now = Date.now();
    const before = this.#begun ? { lane: this.#laneRows, list: this.#listRows, mode: this.#mode } : null;
    this.#mode = this.laneMode;
    const hand = this.#hand;
    const pointsAtLane = hand.inside && hand.pointer !== null && this.#lanePlace.has(hand.pointer);
    const laneHold: Hold = pointsAtLane ? 'all' : 'none';
    // Where nothing stands, nothing is moved by what comes.
    const isBare = this.#listPlace.rows.length === 0;
    const listHold: Hold =
      release || isBare ? 'none' : hand.inside ? 'all' : hand.focus || !hand.atTop ? 'new' : 'none';
    const { anchor } = this;

    const urgent = this.#urgentRows();
    this.#hearNews(urgent);
    const chosen = this.#chosen(urgent, laneHold);
    const lane = urgent.filter(({ id }) => chosen.has(id));
    const standsBelow = (event: SvodkaEvent) => !chosen.has(event.id) && !outbox.isGone(event);
    const list = this.#withWritten(this.list.rows).filter(standsBelow);
    const urgentIds = new Set(urgent.map(({ id }) => id));
    const wasInLane = new Set(this.#lanePlace.rows.map((row) => row.event.id));

    this.#lanePlace.arrange(lane, laneHold, now, {
      anchor,
      isWelcome: () => true,
      isElsewhere: (id) => {
        const below = this.list.get(id);
        return urgentIds.has(id) || (below !== undefined && standsBelow(below));
      },
    });
    this.#listPlace.arrange(list, listHold, now, {
      anchor,
      isWelcome: (id) => this.#own.has(id) || wasInLane.has(id) || outbox.writtenOf(id) !== undefined,
      isElsewhere: (id) => chosen.has(id),
    });
    this.#laneRows = this.#lanePlace.rows;
    this.#listRows = this.#listPlace.rows;
    this.#waiting = this.#listPlace.waiting;
    this.#urgent = this.lane.hasMore ? Math.max(this.lane.count?.n ?? 0, urgent.length) : urgent.length;
    this.#begun = true;
    this.#kept.soon();
    this.#settleRing(before, now);
    this.#bringBack(now);
    this.#departLater(laneHold, listHold, now);
  }

  /** The ring of a row that is gone, or was carried to the other place, goes to the row that follows. */
  #settleRing(
    before: { lane: readonly ShownRow[]; list: readonly ShownRow[]; mode: LaneMode } | null,
    now: number,
  ): void {
    const ring = this.#ring;
    if (ring === null) return;
    const inLane = this.#lanePlace.isLive(ring);
    const isShown = inLane || this.#listPlace.isLive(ring);
    if (!before) {
      if (!isShown) this.#ring = null;
      return;
    }
    const wasInLane = before.lane.some((row) => row.event.id === ring && !row.ghost);
    const wasInList = !wasInLane && before.list.some((row) => row.event.id === ring && !row.ghost);
    if (isShown && (before.mode !== this.#mode || (wasInLane ? inLane : !inLane))) return;
    if (isShown && !wasInLane && !wasInList) return;
    const live = (row: ShownRow | undefined) =>
      row !== undefined &&
      row.event.id !== ring &&
      (this.#lanePlace.isLive(row.event.id) || this.#listPlace.isLive(row.event.id));
    const next = nextOf(before.lane, before.list, ring, live);
    this.#ring = next ?? (isShown ? ring : (this.#first()?.id ?? null));
    if (this.#ring === ring) return;
    this.#ringMovedAt = now;
    const until = this.#brought.get(ring) ?? 0;
    if (now < until)
      this.#returning.set(ring, { focus: true, since: now, again: { from: this.#ring, until } });
  }

  #bringBack(now: number): void {
    for (const [id, { focus, since, again }] of this.#returning) {
      // Whoever has gone on by a key, or waits no more, is not called back.
      if (again && (again.from !== this.#ring || again.until <= now)) this.#returning.delete(id);
      if (!this.#returning.has(id) || !this.#isShown(id)) continue;
      if (now - since < SETTLES_MS && this.#isBoundForLane(id)) continue;
      this.#returning.delete(id);
      if (focus && !again) this.#brought.set(id, now + SETTLES_MS);
      this.setRing(id);
      if (focus) for (const listener of this.#returnListeners) listener(id);
    }
  }

  /** It is urgent again, which the query of the lane says only in a moment: not to be looked for in the list until then. */
  #isBoundForLane(id: Id): boolean {
    if (this.#mode === 'folded' || this.lane.state !== 'ready' || this.lane.get(id)) return false;
    const event = this.list.get(id);
    return event !== undefined && isUrgent(outbox.view(event));
  }

  #departLater(laneHold: Hold, listHold: Hold, now: number): void {
    clearTimeout(this.#departing);
    const due = [this.#lanePlace.nextDeparture(laneHold), this.#listPlace.nextDeparture(listHold)];
    const soonest = Math.min(...due.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (soonest === Number.POSITIVE_INFINITY) return;
    this.#departing = setTimeout(() => this.#arrange(), Math.max(20, soonest - now));
  }
}
