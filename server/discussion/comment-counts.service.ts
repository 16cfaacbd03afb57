import { Injectable } from '@nestjs/common';
import { RESTORABLE_MS } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import { DeskWrites } from '../events/desk-writes.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import { CommentsRepository } from './comments.repository.ts';

const EVERY_MS = 10 * 60_000;
/** A write may be under way for so long, by a clock that differs by so much. */
const OVERLAP_MS = 5 * 60_000;

type Look = { now: Promise<void>; next?: Promise<void> };

/**
 * How many comments an event has, as its row says, and the words by which it is found through them. That is a second
 * write behind the comment's own, so it is never counted up or down but set to what a look at the comments gives:
 * whoever repeats it, repairs it.
 *
 * A process may die between the two writes. So the events of all comments written or removed since the last look are
 * counted again, at start and every ten minutes; until when that is done stands in the database, and the first look
 * goes through all there are.
 */
@Injectable()
export class CommentCounts extends RepeatedPass {
  /** Of each event the look that is under way, and the one behind it. */
  readonly #looks = new Map<Id, Look>();

  constructor(
    private readonly comments: CommentsRepository,
    private readonly writes: DeskWrites,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'discussion' });
    super(EVERY_MS, (err) => log.warn('comments could not be counted again, and will be', { err }));
  }

  /**
   * Sets number and words of an event to what its comments are. Whoever asks for it while one look is under way waits for
   * the next, together with all who ask meanwhile: each look reads every comment, and only one of several at once could
   * write what it saw.
   * @param seen the event as it has just been read
   */
  count(eventId: Id, seen?: EventDoc): Promise<void> {
    const known = this.#looks.get(eventId);
    if (!known) return this.#begin(eventId, seen);
    known.next ??= known.now.then(
      () => this.#begin(eventId),
      () => this.#begin(eventId),
    );
    return known.next;
  }

  #begin(eventId: Id, seen?: EventDoc): Promise<void> {
    const now = this.writes.heardOf(eventId, () => this.comments.said(eventId), seen);
    const look: Look = { now };
    this.#looks.set(eventId, look);
    const end = () => {
      if (this.#looks.get(eventId) === look && !look.next) this.#looks.delete(eventId);
    };
    now.then(end, end);
    return now;
  }

  /** Counts what may be wrong since the last look; after a failure the next one begins where this one did. */
  protected async look(): Promise<void> {
    const until = new Date(this.clock.now().getTime() - OVERLAP_MS);
    const since = await this.comments.countedUntil();
    for await (const eventId of this.comments.eventsSince(since)) {
      if (this.isStopped) return;
      await this.count(eventId);
    }
    // What can be brought back no more loses its words.
    await this.comments.forgetRemoved(
      new Date(since.getTime() - 2 * RESTORABLE_MS),
      new Date(until.getTime() - RESTORABLE_MS),
    );
    await this.comments.keepCountedUntil(until);
  }
}
