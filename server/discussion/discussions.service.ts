import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { EventFollowed } from '@svodka/shared/feed/socket';
import { toPredicate } from '@svodka/shared/filter/predicate';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Scopes } from '../entries/scopes.ts';
import { TakenNews } from '../entries/taken-news.ts';
import { toWire } from '../events/event.mapper.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { RefsService, readerOf } from '../refs/refs.service.ts';
import { RefsCache } from '../refs/refs-cache.ts';
import { CommentsService } from './comments.service.ts';

/** Name of the channel of those who follow an event and may see it. */
export const discussionOf = (eventId: Id): string => `event:${eventId}`;

const FIRST_COMMENTS = 200;
const NO_REFS: Refs = { projects: [], counterparties: [], users: [] };

/**
 * One page on one event. Until it `mayHear` it is told nothing; `isDoubtful`: changed while its rights were looked up;
 * `isGone`: it was told that the event is no more, and hears nothing of it until it comes back.
 */
type Follower = { eventId: Id; mayHear: boolean; isDoubtful: boolean; isGone: boolean };

/**
 * Who has which event open: they are told what becomes of it and of its discussion, while they may see it (F19 of the feeds).
 * A follower is known before it is checked, so that a change during the check is not missed, and joins the channel
 * only after it, so that nothing reaches who may not see.
 */
@Injectable()
export class DiscussionsService implements ChangeListener, OnModuleInit {
  readonly collections = ['events'] as const;
  readonly #followers = new Map<Id, Map<AppSocket, Follower>>();
  readonly #following = new WeakMap<AppSocket, Follower>();

  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly refs: RefsService,
    private readonly names: RefsCache,
    private readonly scopes: Scopes,
    private readonly sockets: Sockets,
    private readonly taken: TakenNews,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
    this.taken.onTaken((userId) => {
      for (const socket of this.sockets.ofUser(userId)) this.#recheck(socket);
    });
  }

  /**
   * Follows an event in place of the one before; null: none.
   * @throws AppError `not-found`, `unavailable`
   */
  async follow(socket: AppSocket, eventId: Id | null): Promise<EventFollowed> {
    this.#leave(socket);
    if (eventId === null)
      return { row: null, comments: [], next: null, readers: [], follows: null, refs: NO_REFS };
    const mine: Follower = { eventId, mayHear: false, isDoubtful: false, isGone: false };
    this.#remember(socket, mine);
    try {
      await this.bus.whenOpen();
      let event: EventDoc;
      do {
        mine.isDoubtful = false;
        event = await this.events.readable(socket.data.user, eventId);
      } while (mine.isDoubtful);
      if (!socket.connected || !this.#isStill(socket, mine))
        throw new AppError('unavailable', 'left meanwhile');
      mine.mayHear = true;
      void socket.join(discussionOf(eventId));
      // Read after the joining, so that what is said in between is in one or the other; it checks the rights anew.
      const [{ items, next, readers, follows, refs }, named] = await Promise.all([
        this.comments.page(socket.data.user, eventId, { limit: FIRST_COMMENTS }),
        this.refs.refsOf(socket.data.user, { events: [event] }),
      ]);
      return { row: toWire(event), comments: items, next, readers, follows, refs: together(named, refs) };
    } catch (error) {
      if (this.#isStill(socket, mine)) this.#leave(socket);
      throw error;
    }
  }

  /** The event that a page has open and may see. */
  openOn(socket: AppSocket): Id | null {
    const mine = this.#following.get(socket);
    return mine?.mayHear && this.#isStill(socket, mine) ? mine.eventId : null;
  }

  see({ id, after }: Change): void {
    const channel = discussionOf(id);
    for (const [socket, follower] of this.#followers.get(id) ?? []) {
      if (!follower.mayHear) follower.isDoubtful = true;
      else if (after && this.#maySee(socket, after)) void socket.join(channel);
      else void socket.leave(channel);
    }
  }

  async tell({ id, before, after }: Change): Promise<void> {
    const followers = this.#followers.get(id);
    if (!followers) return;
    const event = after && toWire(after as EventDoc);
    const version = event?.version ?? (before?.version ?? 0) + 1;
    if (event) {
      const readers = [...followers.keys()].map(({ data: { user } }) => readerOf(user));
      await this.names.load([event], readers);
    }
    for (const [socket, follower] of followers) {
      if (!follower.mayHear) continue;
      if (event && after && this.#maySee(socket, after)) {
        const refs = this.names.namedBy([event], readerOf(socket.data.user));
        follower.isGone = false;
        socket.emit('event.changed', { event, refs });
      } else if (!follower.isGone) {
        follower.isGone = true;
        socket.emit('event.gone', { id, version });
      }
    }
  }

  async anew(): Promise<void> {
    for (const [id, followers] of this.#followers) {
      for (const socket of followers.keys()) socket.emit('event.stale', { id });
    }
  }

  /** Something was taken from the reader: what they have open and may no longer see is closed. */
  #recheck(socket: AppSocket): void {
    const mine = this.#following.get(socket);
    if (!mine) return;
    mine.isDoubtful = true;
    this.events.readable(socket.data.user, mine.eventId).catch(() => {
      void socket.leave(discussionOf(mine.eventId));
      // The page asks again, and hears the answer.
      if (mine.mayHear) socket.emit('event.stale', { id: mine.eventId });
    });
  }

  #remember(socket: AppSocket, follower: Follower): void {
    if (!this.#following.has(socket)) socket.once('disconnect', () => this.#leave(socket));
    this.#following.set(socket, follower);
    const followers = this.#followers.get(follower.eventId);
    if (followers) followers.set(socket, follower);
    else this.#followers.set(follower.eventId, new Map([[socket, follower]]));
  }

  /** Whether nothing else was followed, and nothing left, since. */
  #isStill(socket: AppSocket, follower: Follower): boolean {
    return this.#followers.get(follower.eventId)?.get(socket) === follower;
  }

  #leave(socket: AppSocket): void {
    const eventId = this.#following.get(socket)?.eventId;
    if (eventId === undefined) return;
    void socket.leave(discussionOf(eventId));
    const followers = this.#followers.get(eventId);
    followers?.delete(socket);
    if (followers?.size === 0) this.#followers.delete(eventId);
  }

  #maySee(socket: AppSocket, event: unknown): boolean {
    return toPredicate(this.scopes.of(socket.data.user))(event as EventDoc);
  }
}

function together(one: Refs, other: Refs): Refs {
  return {
    projects: [...one.projects, ...other.projects],
    counterparties: [...one.counterparties, ...other.counterparties],
    users: [...one.users, ...other.users],
  };
}
