import { Clock } from '../platform/clock.ts';

/** The store's time, unless the company's past is being written: then that. */
export class DemoClock extends Clock {
  #at: Date | null = null;

  constructor(private readonly real: Clock) {
    super();
  }

  now(): Date {
    return this.#at ?? this.real.now();
  }

  /** Null: the present again. */
  setTo(at: Date | null): void {
    this.#at = at;
  }
}
