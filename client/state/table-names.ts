import type { Id } from '@svodka/shared/contracts/id';
import { SvelteMap } from 'svelte/reactivity';
import { ask } from '../api/rest.ts';
import { session } from './session.svelte.ts';

/** What tables of other programs are called: they are few, so all are asked for when the first unknown one is named. */
class TableNames {
  #names = new SvelteMap<Id, string>();
  #asked = new Set<Id>();

  /** Undefined: not known yet, or it is not here any more. */
  name(id: Id): string | undefined {
    const known = this.#names.get(id);
    if (known !== undefined || this.#asked.has(id) || !session.may('sources.read')) return known;
    this.#asked.add(id);
    ask('GET /tables').then(
      ({ items }) => {
        for (const table of items) this.#names.set(table.id, table.name);
      },
      // Not reached: it goes without its name.
      () => {},
    );
    return undefined;
  }
}

export const tableNames = new TableNames();
