// Who else is at work: on the desk and in which feed, at the event that is open, and how much each of them holds.
import type { Id } from '@svodka/shared/contracts/id';
import type { ClaimLoad, PersonThere, Watcher } from '@svodka/shared/feed/socket';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { refs } from './refs.svelte.ts';
import { session } from './session.svelte.ts';

class People {
  #there = new SvelteMap<Id, PersonThere>();
  #load = $state.raw<ClaimLoad>({});
  #watched = $state.raw<{ id: Id; watchers: Watcher[] } | null>(null);

  constructor() {
    live.on('presence.changed', ({ people, gone }) => {
      for (const id of gone) this.#there.delete(id);
      for (const person of people) this.#there.set(person.id, person);
    });
    live.on('claims.counted', ({ load }) => {
      this.#load = load;
    });
    live.on('event.watched', (fact) => {
      this.#watched = fact;
    });
    live.on('claim.moved', ({ event, refs: named }) => {
      refs.add(named);
      // It happens seldom: the first screen goes without its words.
      void import('./claim-toast.ts').then(({ tellOfClaim }) => tellOfClaim(event));
    });
  }

  /** What the first beat of a connection is answered with. */
  begin({ people, load }: { people?: PersonThere[]; load?: ClaimLoad }): void {
    if (people) {
      this.#there.clear();
      for (const person of people) this.#there.set(person.id, person);
      // Whoever signs in next at this page may see less.
      this.#load = load ?? {};
    }
  }

  /** Those on the desk, whoever holds the most first; oneself too, when holding something. */
  there = $derived.by<(PersonThere & { holds: number })[]>(() =>
    [...this.#there.values()]
      .map((person) => ({ ...person, holds: this.#load[person.id] ?? 0 }))
      .filter(({ id, holds }) => id !== session.user?.id || holds > 0)
      .sort((a, b) => b.holds - a.holds || a.name.localeCompare(b.name)),
  );

  /** The others who have an event open. */
  watchersOf(id: Id): Watcher[] {
    if (this.#watched?.id !== id) return [];
    return this.#watched.watchers.filter((each) => each.id !== session.user?.id);
  }
}

export const people = new People();
