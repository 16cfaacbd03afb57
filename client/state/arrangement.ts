import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { compareRows } from '@svodka/shared/feed/order';

/**
 * How still the list has to keep. `none`: nobody is reading, rows come and go. `new`: somebody has scrolled down or
 * holds the focus; rows that arrive wait, the others close up around the one in hand. `all`: the pointer is over the
 * list; nothing moves.
 */
export type Hold = 'none' | 'new' | 'all';

/** A row as it stands on the screen. A ghost has left the feed and keeps its place for a while. */
export type ShownRow = { event: SvodkaEvent; ghost: boolean; fresh: boolean };

/** How long a row that has left fades in place. */
export const GHOST_MS = 700;

/**
 * Which rows of a feed are on the screen and in what order, so that nothing jumps under a reading eye. The feed
 * itself (`FeedView`) stays exact; only what is drawn may lag behind it.
 */
export class Arrangement {
  #shown: ShownRow[] = [];
  #waiting = new Set<Id>();
  #ghostSince = new Map<Id, number>();
  #begun = false;

  get rows(): readonly ShownRow[] {
    return this.#shown;
  }

  /** Rows that are in the feed and not on the screen yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  isWaiting(id: Id): boolean {
    return this.#waiting.has(id);
  }

  /** When a ghost is due to go, ms; null when none is waiting for that. */
  nextDeparture(hold: Hold): number | null {
    if (hold === 'all' || this.#ghostSince.size === 0) return null;
    return Math.min(...this.#ghostSince.values()) + GHOST_MS;
  }

  /** Forgets what was there: the next rows are another list and simply stand. */
  reset(): void {
    this.#shown = [];
    this.#waiting.clear();
    this.#ghostSince.clear();
    this.#begun = false;
  }

  /**
   * Takes the rows of the feed as they are now.
   * @param anchor a row in hand, whose ghost stays until it is let go
   */
  arrange(rows: readonly SvodkaEvent[], hold: Hold, now: number, anchor: Id | null = null): void {
    const present = new Map(rows.map((row) => [row.id, row]));
    const before = new Map(this.#shown.map((row) => [row.event.id, row]));
    const lowest = this.#shown.at(-1)?.event;

    const kept: ShownRow[] = [];
    for (const row of this.#shown) {
      const event = present.get(row.event.id);
      if (event) {
        this.#ghostSince.delete(event.id);
        kept.push({ event, ghost: false, fresh: row.fresh });
        continue;
      }
      const since = this.#ghostSince.get(row.event.id) ?? now;
      this.#ghostSince.set(row.event.id, since);
      if (hold === 'all' || row.event.id === anchor || now - since < GHOST_MS) {
        kept.push({ ...row, ghost: true, fresh: false });
      } else this.#ghostSince.delete(row.event.id);
    }

    for (const id of this.#waiting) if (!present.has(id)) this.#waiting.delete(id);
    const added: ShownRow[] = [];
    for (const event of rows) {
      if (before.has(event.id)) continue;
      const older = lowest !== undefined && compareRows(event, lowest) > 0;
      if (!this.#begun || older) added.push({ event, ghost: false, fresh: false });
      else if (hold === 'none') added.push({ event, ghost: false, fresh: true });
      else this.#waiting.add(event.id);
    }
    if (hold === 'none') this.#waiting.clear();
    this.#begun = true;
    this.#shown = [...kept, ...added];
    if (hold !== 'all') this.#shown.sort((a, b) => compareRows(a.event, b.event));
  }
}
