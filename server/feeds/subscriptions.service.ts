import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Refs } from '@svodka/shared/contracts/refs';
import type {
  CountsSubscribe,
  CountsSubscribed,
  FeedFrame,
  FeedOp,
  FeedResumed,
  FeedSnapshot,
  FeedSubscribe,
} from '@svodka/shared/feed/feed';
import { openly } from '@svodka/shared/filter/edit';
import { findsByCards } from '@svodka/shared/rules/permissions';
import { ChangeBus } from '../changes/change-bus.ts';
import { StandIns } from '../counterparties/stand-ins.ts';
import { Scopes } from '../entries/scopes.ts';
import { toWire } from '../events/event.mapper.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { RefsService, readerOf } from '../refs/refs.service.ts';
import { RefsCache } from '../refs/refs-cache.ts';
import { stepOf } from './matcher.ts';
import type { Place } from './position.ts';
import { PublisherService } from './publisher.service.ts';
import { weigh } from './ring.ts';
import { type Ask, keyOf, type Resolved, type Room, resolveAsk } from './room.ts';
import { Rooms } from './rooms.service.ts';
import { Turnstile } from './turnstile.ts';
import { rowsOf, Wire } from './wire.ts';

const FEEDS_PER_USER = 50;
const COUNTS_PER_USER = 100;
const FIRST_WINDOW = 100;
/** What is counted within this time is answered at once, ms; the rest is told when it is known. */
const COUNT_PATIENCE_MS = 100;
/** What is more is quicker read anew, and shorter. */
const MISSED = { steps: 2_000, bytes: 1024 * 1024, stepsPerFrame: 200 };

type Rows = { rows: SvodkaEvent[]; next: string | null; refs: Refs };

/** What sockets ask of feeds: to follow one, to go on after a break, to stop, to count. */
@Injectable()
export class SubscriptionsService {
  /** Reads of a room that wait for the one under way, by room and length. */
  readonly #reads = new Map<string, { running: Promise<Rows>; next: Promise<Rows> | null }>();

  readonly #turnstile = new Turnstile();

  constructor(
    private readonly rooms: Rooms,
    private readonly bus: ChangeBus,
    private readonly publisher: PublisherService,
    private readonly events: EventsRepository,
    private readonly refs: RefsService,
    private readonly names: RefsCache,
    private readonly scopes: Scopes,
    private readonly standIns: StandIns,
    private readonly clock: Clock,
    private readonly limits: PersonLimits,
  ) {}

  /** @throws AppError `rate-limited`, `unavailable` */
  async follow(socket: AppSocket, ask: FeedSubscribe): Promise<FeedSnapshot | FeedResumed> {
    await this.bus.whenOpen();
    for (;;) {
      const answer = await this.#join(socket, ask);
      if (answer) return answer;
    }
  }

  /** Null: the socket was told to start over before it knew which room that was said of, so it is asked anew here. */
  async #join(socket: AppSocket, ask: FeedSubscribe): Promise<FeedSnapshot | FeedResumed | null> {
    this.#allowOneMore(socket, ask.filter);
    const room = this.#roomOf(socket, ask.filter);
    const isNew = !room.followers.has(socket);
    // The order of F7: the place, the room, and only then the rows.
    const at = room.place;
    const from = ask.position === undefined ? null : this.#placeOf(room, ask.position);
    this.rooms.follow(socket, room);
    try {
      if (from) await this.#turnstile.pass();
      const frames = from && (await this.#missed(room, from, at, ask.position));
      const head = {
        room: room.id,
        position: this.publisher.positions.format(room.id, at),
      };
      const rows = frames ? null : await this.#read(room, ask.limit ?? FIRST_WINDOW, socket.data.user.id);
      if (!room.followers.has(socket) && socket.connected) return null;
      room.counter.wantSoon();
      if (!rows) return { mode: 'resumed', ...head, frames: frames ?? [], count: room.counter.known };
      return {
        mode: 'snapshot',
        ...head,
        ...rows,
        count: room.counter.known,
        reset: ask.position !== undefined,
      };
    } catch (error) {
      if (isNew) this.rooms.unfollow(socket, room);
      throw error;
    } finally {
      if (!socket.connected) this.rooms.forget(socket);
    }
  }

  unfollow(socket: AppSocket, roomId: string): void {
    const room = this.rooms.get(roomId);
    if (room) this.rooms.unfollow(socket, room);
  }

  /** Replaces the feeds whose count a socket is told. @throws AppError `rate-limited`, `unavailable` */
  async count(socket: AppSocket, { feeds }: CountsSubscribe): Promise<CountsSubscribed> {
    await this.bus.whenOpen();
    this.limits.counted(socket.data.user.id, feeds.length);
    // Asked before any room is made: a room that is made is matched and counted, refused or not.
    if (
      this.rooms.wouldCount(
        socket,
        feeds.map(({ filter }) => this.#keyOf(socket, filter)),
      ) > COUNTS_PER_USER
    )
      throw tooMany();
    const before = new Set(this.rooms.countedBy(socket));
    const wanted = feeds.map(({ key, filter }) => {
      const room = this.#roomOf(socket, filter);
      this.rooms.watchCount(socket, room);
      before.delete(room);
      return { key, room };
    });
    for (const room of before) this.rooms.unwatchCount(socket, room);
    if (!socket.connected) this.rooms.forget(socket);
    return {
      counts: await Promise.all(
        wanted.map(async ({ key, room }) => ({
          key,
          room: room.id,
          count: await room.counter.within(COUNT_PATIENCE_MS),
        })),
      ),
    };
  }

  #roomOf(socket: AppSocket, filter: FeedSubscribe['filter']): Room {
    const { ask, resolved } = this.#asked(socket, filter);
    return this.rooms.open(ask, resolved, this.bus.head);
  }

  #keyOf(socket: AppSocket, filter: FeedSubscribe['filter']): string {
    const { ask, resolved } = this.#asked(socket, filter);
    return keyOf(ask, resolved);
  }

  #asked(socket: AppSocket, filter: FeedSubscribe['filter']): { ask: Ask; resolved: Resolved } {
    const { user } = socket.data;
    const asked = this.standIns.asked(findsByCards(user) ? filter : openly(filter));
    const ask = { filter: asked, scope: this.scopes.of(user), zone: user.tz, reader: readerOf(user) };
    return { ask, resolved: resolveAsk(ask, this.clock.now()) };
  }

  /** @throws AppError `rate-limited`; no room has been made then */
  #allowOneMore(socket: AppSocket, filter: FeedSubscribe['filter']): void {
    const { followed } = this.rooms.usedBy(socket.data.user.id);
    if (followed.size < FEEDS_PER_USER) return;
    const key = this.#keyOf(socket, filter);
    if (![...followed].some((room) => room.key === key)) throw tooMany();
  }

  /** The place that a position names, if the room can be gone on from there (F10). */
  #placeOf(room: Room, position: string): Place | null {
    const place = this.publisher.positions.parse(room.id, position);
    if (!place || place.boundary !== room.place.boundary || room.told) return null;
    return place.token <= this.bus.head ? place : null;
  }

  /** The steps between two places; null: too many, or the log does not reach back (F11). */
  async #missed(room: Room, from: Place, at: Place, given?: string): Promise<FeedFrame[] | null> {
    const frames: FeedFrame[] = [];
    const wire = new Wire();
    let ops: FeedOp[] = [];
    let steps = 0;
    let bytes = 0;
    // What the client stands at, letter by letter: written anew it could name another opening of the store.
    let prev = given ?? this.publisher.positions.format(room.id, from);
    let token = from.token;
    const flush = (until: string) => {
      const position = this.publisher.positions.format(room.id, { token: until, boundary: at.boundary });
      frames.push({
        room: room.id,
        prev,
        position,
        ops,
        refs: { projects: [], counterparties: [], users: [] },
      });
      prev = position;
      token = until;
      ops = [];
    };
    const whole = await this.publisher.changesBetween(from.token, at.token, (change) => {
      // Without its image nobody can say what the change meant.
      if (change.kind !== 'delete' && !change.after) return false;
      const step = stepOf(room.standing, change);
      if (!step) return true;
      const op = wire.opOf({ change, step });
      ops.push(op);
      bytes += weigh(op);
      if (ops.length === MISSED.stepsPerFrame) flush(change.token);
      return ++steps <= MISSED.steps && bytes <= MISSED.bytes;
    });
    if (!whole) return null;
    if (at.token > token) flush(at.token);
    await this.names.load(wire.rows, [room.ask.reader]);
    return frames.map((frame) => ({
      ...frame,
      refs: this.names.namedBy(rowsOf(frame.ops), room.ask.reader),
    }));
  }

  /**
   * The first rows of a room. Those who come while it is being read share the read after it, never the one under
   * way: it may have begun before they joined. So a storm of them costs two reads. Only what nobody is reading yet
   * counts among a person's lists, and waits its turn with them.
   */
  #read(room: Room, limit: number, userId: string): Promise<Rows> {
    const key = `${limit} ${room.key}`;
    const shared = () => this.#shared(key, room, limit);
    return shared() ?? this.limits.costly(userId, () => shared() ?? this.#begin(key, room, limit));
  }

  #shared(key: string, room: Room, limit: number): Promise<Rows> | null {
    const reads = this.#reads.get(key);
    if (!reads) return null;
    const begin = () => this.#begin(key, room, limit);
    reads.next ??= reads.running.then(begin, begin);
    return reads.next;
  }

  #begin(key: string, room: Room, limit: number): Promise<Rows> {
    const running = this.#readNow(room, limit);
    const reads = { running, next: null };
    this.#reads.set(key, reads);
    const end = () => {
      if (this.#reads.get(key) === reads && !reads.next) this.#reads.delete(key);
    };
    running.then(end, end);
    return running;
  }

  async #readNow(room: Room, limit: number): Promise<Rows> {
    const { docs, next } = await this.events.find(room.standing.filter, { limit });
    const rows = docs.map(toWire);
    return { rows, next, refs: await this.refs.refsOf(room.ask.reader, { events: rows }) };
  }
}

function tooMany(): AppError {
  return new AppError('rate-limited', 'too many live feeds', [], { retryAfter: 5 });
}
