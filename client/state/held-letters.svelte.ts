import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { session } from './session.svelte.ts';
import { whenBack } from './when-back.ts';

/** Whether letters wait for a person's word, because an older copy of the data was put back. */
class HeldLetters {
  #any = $state(false);

  constructor() {
    session.onEntered(() => {
      this.#any = false;
    });
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
      this.#any = (await ask('GET /deliveries', { query: { state: 'held', limit: 1 } })).items.length > 0;
    } catch {
      // The next connection asks again.
    }
  }
}

export const heldLetters = new HeldLetters();
