import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets one through per turn of the event loop, in the order in which they came. When hundreds of pages come back at
 * once, what each of them costs is then not one long standstill for everybody else.
 */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  pass(): Promise<unknown> {
    this.#last = this.#last.then(() => nextTurn());
    return this.#last;
  }
}
