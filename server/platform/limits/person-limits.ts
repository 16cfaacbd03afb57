import { Injectable } from '@nestjs/common';
import { LOUD } from '@svodka/shared/contracts/bulk';
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
/** Lists that a page says it has saved: each is a line of the access log, which nobody takes out again. */
const SAVED = { perSecond: 1 / 6, burst: 60 };
/** Feeds whose number is asked for: ten pages of one person that come back at once, each with sixty saved feeds. */
const COUNTED = { perSecond: 20, burst: 600 };
/** Lists, searches and counts: the store does one thing at a time, and everybody's turn comes. */
const COSTLY = { atOnce: 4, perKey: 2, waiting: 2_000, waitingPerKey: 100, patienceMs: 10_000 };
/**
 * What one person writes: so many at a time, whatever each of them costs. Of several people nobody waits for another; a
 * page that comes back sends what was written meanwhile at once, and all of it is taken. A page gives up after 20 s and
 * sends it again: a line must not be longer than that.
 */
const WRITING = { atOnce: 64, perKey: 4, waiting: 10_000, waitingPerKey: 2_000, patienceMs: 15_000 };

/** How much one person may ask of the server before they wait, so that nobody else waits for them. */
@Injectable()
export class PersonLimits {
  readonly #reads = new Limiter(READS);
  readonly #writes = new Limiter(WRITES);
  readonly #loud = new Limiter(LOUD);
  readonly #saved = new Limiter(SAVED);
  readonly #counted = new Limiter(COUNTED);
  readonly #costly = new FairQueue(COSTLY);
  readonly #writing = new FairQueue(WRITING);

  /** @throws AppError `rate-limited` */
  request(personId: string, isRead: boolean): void {
    (isRead ? this.#reads : this.#writes).spend(personId, isRead ? 'reads' : 'writes');
  }

  /** @param times how many are called @throws AppError `rate-limited` */
  loud(personId: string, times = 1): void {
    this.#loud.spend(personId, 'loud', times);
  }

  /** @throws AppError `rate-limited` */
  saved(personId: string): void {
    this.#saved.spend(personId, 'saved lists');
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

  /** Runs what they write, in their own turn. @throws AppError `rate-limited` */
  write<T>(personId: string, work: () => Promise<T>): Promise<T> {
    return this.#writing.run(personId, work);
  }
}
