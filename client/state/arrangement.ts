import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { compareRows } from '@svodka/shared/feed/order';

/**
 * How still a place has to keep. `none`: nobody is reading, rows come and go. `new`: somebody has scrolled down or
 * holds the focus; rows that arrive wait, the others close up around the one in hand. `all`: the pointer is over it;
 * nothing moves.
 */
export type Hold = 'none' | 'new' | 'all';

/** A row as it stands on the screen. A ghost has left the feed and keeps its place for a while; a fresh one has just come. */
export type ShownRow = { event: SvodkaEvent; ghost: boolean; fresh: boolean };

/** How long a row that has left fades in place. */
export const GHOST_MS = 700;

/** How long a row is marked as having just come: longer than its tint, which must not be seen again by scrolling back. */
export const FRESH_MS = 1200;

/** What is known of single rows. */
export type Exceptions = {
  /** A row in hand, whose ghost stays until it is let go. */
  anchor?: Id | null;
  /** Comes in at once, whoever is reading: it was on the screen already, or this person has just brought it here. */
  isWelcome?: (id: Id) => boolean;
  /** Stands in another place of the screen: it has moved and not left, so no ghost stays. */
  isElsewhere?: (id: Id) => boolean;
};

/**
 * Which rows of one place are on the screen and in what order, so that nothing jumps under a reading eye. The feed
 * itself (`FeedView`) stays exact; only what is drawn may lag behind it.
 */
export class Arrangement {
  readonly #entersBelow: boolean;
  readonly #compare: (a: SvodkaEvent, b: SvodkaEvent) => number;
  #shown: readonly ShownRow[] = [];
  #ids = new Set<Id>();
  #waiting = new Set<Id>();
  #ghostSince = new Map<Id, number>();
  #freshSince = new Map<Id, number>();
  #begun = false;

  /** @param entersBelow while nothing may move, what comes in stands after all others and not in its order */
  constructor(
    compare: (a: SvodkaEvent, b: SvodkaEvent) => number = compareRows,
    { entersBelow = false }: { entersBelow?: boolean } = {},
  ) {
    this.#compare = compare;
    this.#entersBelow = entersBelow;
  }

  /** The same array while nothing in it is new. */
  get rows(): readonly ShownRow[] {
    return this.#shown;
  }

  /** Rows that are in the feed and not on the screen yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether a row, or its ghost, is drawn here. */
  has(id: Id): boolean {
    return this.#ids.has(id);
  }

  /** Whether a row is drawn here that is no ghost. */
  isLive(id: Id): boolean {
    return this.#ids.has(id) && !this.#ghostSince.has(id);
  }

  /** When a ghost is due to go, ms; null when none is waiting for that. */
  nextDeparture(hold: Hold): number | null {
    if (hold === 'all' || this.#ghostSince.size === 0) return null;
    return Math.min(...this.#ghostSince.values()) + GHOST_MS;
  }

  /** Forgets what was there: the next rows are another list and simply stand. */
  reset(): void {
    this.#shown = [];
    this.#ids.clear();
    this.#waiting.clear();
    this.#ghostSince.clear();
    this.#freshSince.clear();
    this.#begun = false;
  }

  /** Takes the rows of the place as they are now, in its order. */
  arrange(rows: readonly SvodkaEvent[], hold: Hold, now: number, exceptions: Exceptions = {}): void {
    const { anchor = null, isWelcome, isElsewhere } = exceptions;
    const lowest = this.#shown.at(-1)?.event;
    // Thousands may stand below what has changed; they are left alone.
    const still = this.#unchanged(rows);
    if (still === rows.length && still === this.#shown.length && this.#begun) {
      this.#waiting.clear();
      return;
    }
    const above = rows.slice(0, rows.length - still);
    const present = new Map(above.map((row) => [row.id, row]));

    const kept: ShownRow[] = [];
    for (const row of this.#shown.slice(0, this.#shown.length - still)) {
      const { id } = row.event;
      const event = present.get(id);
      if (event) {
        this.#ghostSince.delete(id);
        // The same object when nothing is new about it: what draws it has nothing to do.
        const fresh = row.fresh && now - (this.#freshSince.get(id) ?? now) < FRESH_MS;
        if (!fresh) this.#freshSince.delete(id);
        const same = event === row.event && !row.ghost && fresh === row.fresh;
        kept.push(same ? row : { event, ghost: false, fresh });
        continue;
      }
      const since = this.#ghostSince.get(id) ?? now;
      const inHand = id === anchor;
      const lingers = (hold === 'all' || now - since < GHOST_MS) && !isElsewhere?.(id);
      if (inHand || lingers) {
        this.#ghostSince.set(id, since);
        kept.push(row.ghost ? row : { event: row.event, ghost: true, fresh: false });
      } else {
        this.#ghostSince.delete(id);
        this.#freshSince.delete(id);
        this.#ids.delete(id);
      }
    }

    for (const id of this.#waiting) if (!present.has(id)) this.#waiting.delete(id);
    const added: ShownRow[] = [];
    for (const event of above) {
      if (this.#ids.has(event.id)) continue;
      const older = lowest !== undefined && this.#compare(event, lowest) > 0;
      const stands = !this.#begun || older;
      if (stands || hold === 'none' || isWelcome?.(event.id)) {
        added.push({ event, ghost: false, fresh: !stands });
        if (!stands) this.#freshSince.set(event.id, now);
        this.#waiting.delete(event.id);
      } else this.#waiting.add(event.id);
    }
    this.#begun = true;
    for (const { event } of added) this.#ids.add(event.id);
    // What is kept stays as it lies while nothing may move; what comes in takes its place among it.
    const below = this.#shown.slice(this.#shown.length - still);
    if (hold === 'all') this.#shown = added.reduce((all, row) => this.#insert(all, row), [...kept, ...below]);
    else this.#shown = [...kept, ...added].sort((a, b) => this.#compare(a.event, b.event)).concat(below);
  }

  /** How many rows at the end are the ones that stand there already, and in that order. */
  #unchanged(rows: readonly SvodkaEvent[]): number {
    const most = Math.min(rows.length, this.#shown.length);
    for (let n = 0; n < most; n++) {
      const row = this.#shown.at(-1 - n);
      if (row?.event !== rows.at(-1 - n) || row?.ghost || row?.fresh) return n;
    }
    return most;
  }

  #insert(rows: ShownRow[], row: ShownRow): ShownRow[] {
    const at = this.#entersBelow ? -1 : rows.findIndex((each) => this.#compare(row.event, each.event) < 0);
    rows.splice(at < 0 ? rows.length : at, 0, row);
    return rows;
  }
}
