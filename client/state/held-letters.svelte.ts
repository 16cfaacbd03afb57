import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { readOwn, writeOwn } from './own-storage.ts';
import { session } from './session.svelte.ts';
import { whenBack } from './when-back.ts';

const NAME = 'held letters';

/** Whether letters wait for a person's word, because an older copy of the data was put back. */
class HeldLetters {
  #any = $state(false);

  constructor() {
    // As it was the last time, until it is known: the strip would push the page down.
    session.onEntered(({ id }) => (this.#any = readOwn(id, NAME) ?? false));
    live.onConnect(() => void this.look());
    // A colleague may have decided meanwhile.
    whenBack(() => void this.look());
  }

  get any(): boolean {
    return this.#any;
  }

  async look(): Promise<void> {
    if (session.state !== 'in' || !session.may('mail.read')) return;
    try {
      const any = (await ask('GET /deliveries', { query: { state: 'held', limit: 1 } })).items.length > 0;
      if (any !== this.#any && session.user) writeOwn(session.user.id, NAME, any);
      this.#any = any;
    } catch {
      // The next connection asks again.
    }
  }
}

export const heldLetters = new HeldLetters();
