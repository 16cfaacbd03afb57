import { Injectable } from '@nestjs/common';
import { FairQueue } from './fair-queue.ts';
import { Limiter } from './limiter.ts';

/**
 * Per person, over all their sessions (README, «How much one person may ask»). Measured over a busy hour's worth in two
 * minutes, beside ten events a second of others: a dispatcher who walks, searches letter by letter, resolves and writes
 * asks 3 a second by REST and 13 at most, and 1.5 messages by socket, 6 at most; a script of 20 events a second, 48 at most
 * after a wait; an import of 10,000 rows, 2. None was refused. Of abuse were taken: 107 of 400 lists at once, 100 of 200
 * critical events, 50 of 60 feeds, 40 of 70 messages at once.
 */
const READS = { perSecond: 200, burst: 2_000 };
const WRITES = { perSecond: 500, burst: 2_000 };
/** What makes people's phones ring: important events, mentions. */
const LOUD = { perSecond: 2, burst: 100 };
/** Feeds whose number is asked for: ten pages of one person that come back at once, each with sixty saved feeds. */
const COUNTED = { perSecond: 20, burst: 600 };
/** Lists, searches and counts: the store does one thing at a time, and everybody's turn comes. */
const COSTLY = { atOnce: 4, perKey: 2, waiting: 2_000, waitingPerKey: 100, patienceMs: 10_000 };

/** How much one person may ask of the server before they wait, so that nobody else waits for them. */
@Injectable()
export class PersonLimits {
  readonly #reads = new Limiter(READS);
  readonly #writes = new Limiter(WRITES);
  readonly #loud = new Limiter(LOUD);
  readonly #counted = new Limiter(COUNTED);
  readonly #costly = new FairQueue(COSTLY);

  /** @throws AppError `rate-limited` */
  request(personId: string, isRead: boolean): void {
    (isRead ? this.#reads : this.#writes).spend(personId, isRead ? 'reads' : 'writes');
  }

  /** @throws AppError `rate-limited` */
  loud(personId: string): void {
    this.#loud.spend(personId, 'loud');
  }

  /** @throws AppError `rate-limited` */
  counted(personId: string, feeds: number): void {
    for (let i = 0; i < feeds; i++) this.#counted.spend(personId, 'counted');
  }

  /**
   * Runs what takes the store a while. Never a part of such work: two that waited for turns of their parts would wait for
   * each other. @throws AppError `rate-limited`
   */
  costly<T>(personId: string, work: () => Promise<T>): Promise<T> {
    return this.#costly.run(personId, work);
  }
}
