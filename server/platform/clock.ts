/** What time it is. Everything that depends on time asks this, so that tests can move it. */
export abstract class Clock {
  abstract now(): Date;

  /** What is added to this machine's time, ms. */
  get offsetMs(): number {
    return 0;
  }

  /** A moment that has certainly come, whoever's clock is asked: for what must never be early. */
  async certain(): Promise<Date> {
    return this.now();
  }
}
