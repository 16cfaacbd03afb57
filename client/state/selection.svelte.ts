import type { Id } from '@svodka/shared/contracts/id';
import { SvelteSet } from 'svelte/reactivity';

/** What can be done to many at once. */
export type BulkKind = 'resolve' | 'claim' | 'snooze' | 'hand' | 'link' | 'due' | 'importance';

/** The rows that something is to be done to together. */
export class Selection {
  readonly #ids = new SvelteSet<Id>();
  /** The one that was chosen last: from here Shift reaches on. */
  #from: Id | null = null;
  /** What is being asked to be done to them. */
  asked = $state<BulkKind | null>(null);

  get size(): number {
    return this.#ids.size;
  }

  get ids(): Id[] {
    return [...this.#ids];
  }

  has(id: Id): boolean {
    return this.#ids.has(id);
  }

  toggle(id: Id): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#from = id;
  }

  /** Everything from the one chosen last, or else from `from`, to this one. @param order of the rows on the screen */
  reach(id: Id, order: readonly Id[], from: Id | null = null): void {
    const [a, b] = [order.indexOf(this.#from ?? from ?? id), order.indexOf(id)];
    const rows = a < 0 ? [id] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
    for (const row of rows) this.#ids.add(row);
    this.#from = id;
  }

  /** Lets go of what is no longer on the screen: nobody does something to what they do not see. */
  keep(here: ReadonlySet<Id>): void {
    for (const id of this.#ids) if (!here.has(id)) this.#ids.delete(id);
  }

  /** These and no others. */
  set(ids: readonly Id[]): void {
    this.clear();
    for (const id of ids) this.#ids.add(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#from = null;
    this.asked = null;
  }
}
