// Where somebody stood in a list, for each step of the browser's history: Back leads to the place that was left, and
// not to the top; so does Esc on the page of a record, which leads to where somebody came from. Kept in the tab, so that
// it outlives a reload and no other tab.
import type { Id } from '@svodka/shared/contracts/id';
import type { RowKey } from '@svodka/shared/feed/order';
import { router } from './router.svelte.ts';
import { session } from './session.svelte.ts';

/**
 * The first row in sight and how many pixels of it were above the edge, how far down the rows have to be loaded for
 * that, and the row with the ring.
 */
export type Place = { top: RowKey | null; into: number; end: RowKey | null; ring: string | null };

/**
 * The same of a list of records: the row that the keyboard was at, the first one in sight and what of it was hidden, and
 * how many rows had been read.
 */
export type ListPlace = { row: Id | null; top: { key: Id; into: number } | null; rows: number };

const STORED = 'svodka.places';
const MOST = 60;

/** Of the whole application, and not of one thing in it. */
const isScreen = (path: string): boolean => path.lastIndexOf('/') === 0;

class Places {
  #byEntry = new Map<string, object>();
  /** How each list was last seen. */
  #last = new Map<string, { address: string; place: object | null }>();
  /**
   * From which page each page of something was opened. Who returns to a page opens nothing: the way back has no circles.
   * Screens are gone to from everywhere and begin anew: what was open before them is not behind them.
   */
  #cameFrom = new Map<string, { path: string; address: string; entry: string }>();
  #keepers = new Set<() => void>();
  #recalled = false;

  constructor() {
    router.onLeave((to) => this.#remember(to));
    addEventListener('pagehide', () => {
      // Left before it was known who is here: what others have left stays as it is.
      if (!session.user) return;
      // A page without a list keeps what others have left.
      this.#recall();
      for (const save of this.#keepers) save();
      this.#store();
    });
  }

  /** Keeps the place of the present step for as long as it is left for another; call the result when done. */
  keep<P extends object>(path: string, present: () => P | null): () => void {
    const save = () => {
      this.#recall();
      const isHere = router.path === path;
      const place = isHere ? present() : null;
      if (isHere)
        this.#last.set(path, { address: router.with({ sheet: null, event: null, form: null }), place });
      this.#byEntry.delete(router.entry);
      if (place) this.#byEntry.set(router.entry, place);
      for (const oldest of this.#byEntry.keys()) {
        if (this.#byEntry.size <= MOST) break;
        this.#byEntry.delete(oldest);
      }
    };
    const off = router.onLeave(save);
    this.#keepers.add(save);
    return () => {
      off();
      this.#keepers.delete(save);
    };
  }

  /** The place that the present step of the history was left at; told once. */
  take<P extends object>(): P | null {
    this.#recall();
    const place = (this.#byEntry.get(router.entry) as P | undefined) ?? null;
    this.#byEntry.delete(router.entry);
    return place;
  }

  /** Goes to a list as it was last seen, with its search and at its place; to its beginning when it was not. */
  goBackTo(path: string): void {
    const last = this.#last.get(path);
    router.go(last?.address ?? path);
    if (last?.place) this.#byEntry.set(router.entry, last.place);
  }

  /** Goes to the page from which this one was opened, at its place; opened by itself, it leads to its list. */
  goBack(path: string): void {
    // What lies over its own list is left for that.
    const from = path === router.path ? undefined : this.#cameFrom.get(router.path);
    const place = from && this.#byEntry.get(from.entry);
    if (!from) this.goBackTo(path);
    else router.go(from.address);
    if (place) this.#byEntry.set(router.entry, place);
  }

  #remember(to: string): void {
    const { path } = router;
    if (to === path || isScreen(to)) return;
    for (let on = this.#cameFrom.get(path); on; on = this.#cameFrom.get(on.path)) if (on.path === to) return;
    this.#cameFrom.set(to, { path, address: router.with({ sheet: null, form: null }), entry: router.entry });
  }

  #recall(): void {
    if (this.#recalled || !session.user) return;
    this.#recalled = true;
    try {
      const { user, places } = JSON.parse(sessionStorage.getItem(STORED) ?? '{}');
      if (user === session.user?.id) this.#byEntry = new Map(places);
    } catch {
      // Storage is switched off, or holds what an older page has left: the lists begin at their top.
    }
  }

  #store(): void {
    try {
      if (this.#byEntry.size === 0) sessionStorage.removeItem(STORED);
      else {
        const places = [...this.#byEntry];
        sessionStorage.setItem(STORED, JSON.stringify({ user: session.user?.id, places }));
      }
    } catch {
      // Storage is switched off; the places last as long as the page.
    }
  }
}

export const places = new Places();
