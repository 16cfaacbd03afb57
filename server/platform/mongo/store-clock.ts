// The clocks of two machines differ, and a deadline must not depend on which of them looks. So the time of the whole
// installation is that of its store: each node asks it now and then, and corrects its own clock by the difference.
import type { Connection } from 'mongoose';
import { Clock } from '../clock.ts';
import type { Logger } from '../logger/logger.ts';

const EVERY_MS = 10_000;
/** A difference that a person should hear of, ms. */
const WORTH_SAYING_MS = 1_000;
/** A machine's clock that went otherwise than its own counter of time was moved, or the machine slept; ms. */
const MOVED_MS = 1_000;

/**
 * The store's time, as well as this machine knows it. The difference is known only within the time that an answer
 * took; as long as it may be none, it is taken for none, so that machine and store on one clock agree to the millisecond.
 * A clock that was moved is not believed until the store has been asked again; till then time goes on as it went.
 * Life: `start` → measured every ten seconds → `stop`. While the store is away the last difference holds.
 */
export class StoreClock extends Clock {
  readonly #log: Logger;
  #offsetMs = 0;
  /** The last measurement, by the machine's clock and by its counter, ms. */
  #measured: { machine: number; counter: number } | null = null;
  #measuring: Promise<Date> | null = null;
  #saidMs = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param machine the time of this machine, ms since 1970 */
  constructor(
    private readonly connection: Connection,
    logger: Logger,
    private readonly machine: () => number = Date.now,
  ) {
    super();
    this.#log = logger.child({ room: 'clock' });
  }

  now(): Date {
    const machine = this.machine();
    if (!this.#measured) return new Date(machine);
    const expected = this.#measured.machine + performance.now() - this.#measured.counter;
    if (Math.abs(machine - expected) < MOVED_MS) return new Date(machine + this.#offsetMs);
    this.#measure().catch(() => undefined);
    return new Date(expected + this.#offsetMs);
  }

  override get offsetMs(): number {
    return this.#offsetMs;
  }

  override certain(): Promise<Date> {
    return this.#measure();
  }

  /** Measures, and goes on measuring. @throws what the driver throws, when the store does not answer */
  async start(): Promise<void> {
    await this.#measure();
    this.#timer = setInterval(() => this.#measure().catch(() => undefined), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  #measure(): Promise<Date> {
    this.#measuring ??= this.#measureNow().finally(() => {
      this.#measuring = null;
    });
    return this.#measuring;
  }

  /** @returns the store's time when it answered: it is no earlier than that now */
  async #measureNow(): Promise<Date> {
    const asked = this.machine();
    const answer = await this.connection.db?.command({ hello: 1 });
    const answered = this.machine();
    const storeTime: Date = answer?.localTime;
    // The store read its clock, to the whole millisecond below, at some moment between the two.
    const least = storeTime.getTime() - answered;
    const most = storeTime.getTime() + 1 - asked;
    if (least <= 0 && most >= 0) this.#offsetMs = 0;
    else this.#offsetMs = Math.min(Math.max(this.#offsetMs, least), most);
    this.#measured = { machine: answered, counter: performance.now() };
    this.#say();
    return storeTime;
  }

  #say(): void {
    if (Math.abs(this.#offsetMs - this.#saidMs) < WORTH_SAYING_MS) return;
    this.#saidMs = this.#offsetMs;
    this.#log.warn("this machine's clock is not the store's; everything goes by the store's", {
      machineAheadMs: -this.#offsetMs,
    });
  }
}
