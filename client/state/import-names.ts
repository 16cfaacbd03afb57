import type { Id } from '@svodka/shared/contracts/id';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { session } from './session.svelte.ts';

/** The file names of imports, for filters that name one. Asked for once each, by those who may see imports. */
class ImportNames {
  #names = new SvelteMap<Id, string>();
  #asked = new Set<Id>();

  constructor() {
    live.on('import.changed', ({ id, fileName }) => this.#names.set(id, fileName));
  }

  name(id: Id): string | undefined {
    const known = this.#names.get(id);
    if (known !== undefined || this.#asked.has(id) || !session.may('events.import')) return known;
    this.#asked.add(id);
    ask('GET /imports/:id', { id }).then(
      ({ fileName }) => this.#names.set(id, fileName),
      // Not there, or not reached: the filter goes without the name.
      () => {},
    );
    return undefined;
  }
}

export const importNames = new ImportNames();
