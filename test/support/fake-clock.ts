import { Clock } from '../../server/platform/clock.ts';

/** A clock that stands still until the test moves it. Starts at the real time, so that the store's own expiry agrees. */
export class FakeClock extends Clock {
  #ms: number;

  constructor(start: Date | string = new Date()) {
    super();
    this.#ms = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#ms);
  }

  advance(ms: number): void {
    this.#ms += ms;
  }

  set(to: Date | string): void {
    this.#ms = new Date(to).getTime();
  }
}
