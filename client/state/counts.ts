// How many events match, for every feed that stands on the page: one number for each room of the server, whoever shows
// it. What one event changes in the left column and above the list is told in several messages, a quarter of a second
// after it; they are shown together, when the event's own row has settled.
import type { Count } from '@svodka/shared/feed/feed';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { calmly } from './calm.ts';

/** With these a number is shown within a second of the event. */
const GATHER_MS = 500;

class Counts {
  #known = new SvelteMap<string, Count>();
  #told = new Map<string, Count>();

  constructor() {
    live.on('count.changed', ({ room, count }) => {
      if (this.#told.size === 0) calmly(() => this.#show(), GATHER_MS);
      this.#told.set(room, count);
    });
  }

  /** Undefined until the server has counted. */
  of(room: string | undefined): Count | undefined {
    return room === undefined ? undefined : this.#known.get(room);
  }

  /** As a subscription was answered; null while it is being counted, and then it is told. */
  put(room: string, count: Count | null): void {
    // What was told of it before is older.
    this.#told.delete(room);
    if (count) this.#known.set(room, count);
  }

  #show(): void {
    for (const [room, count] of this.#told) this.#known.set(room, count);
    this.#told.clear();
  }
}

export const counts = new Counts();
