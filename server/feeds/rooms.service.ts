import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';
import type { Filter } from '@svodka/shared/filter/ast';
import { EventsRepository } from '../events/events.repository.ts';
import { FairQueue } from '../platform/limits/fair-queue.ts';
import { broadcast } from '../platform/sockets/broadcast.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { Counter } from './counter.ts';
import { type EventWrite, MatchIndex, type Step, stepOf } from './matcher.ts';
import type { Place } from './position.ts';
import { type Ask, keyOf, type Resolved, Room } from './room.ts';

/** The store does one thing at a time: what others ask comes between one person's counts. */
const COUNTING = { atOnce: 2, perKey: 1, waiting: 5_000, waitingPerKey: 700, patienceMs: 60_000 };

/** The rooms of this node: who is in which, and which of them a write concerns. A room lives while somebody is in it. */
@Injectable()
export class Rooms implements OnModuleDestroy {
  readonly #byKey = new Map<string, Room>();
  readonly #byId = new Map<string, Room>();
  readonly #index = new MatchIndex<Room>();
  readonly #counting = new FairQueue(COUNTING);
  readonly #ofSocket = new WeakMap<AppSocket, Set<Room>>();

  constructor(
    private readonly sockets: Sockets,
    private readonly events: EventsRepository,
  ) {}

  onModuleDestroy(): void {
    for (const room of this.#byKey.values()) room.counter.close();
  }

  all(): Room[] {
    return [...this.#byKey.values()];
  }

  get(id: string): Room | undefined {
    return this.#byId.get(id);
  }

  /** The room of an ask; a new one stands at `token`. Join it in the same turn, or it stays without anybody. */
  open(ask: Ask, resolved: Resolved, token: string): Room {
    const key = keyOf(ask, resolved);
    const existing = this.#byKey.get(key);
    if (existing) return existing;
    const place: Place = { token, boundary: resolved.boundary };
    const room = new Room(key, ask, resolved, place, (it) => this.#counterOf(it));
    this.#byKey.set(key, room);
    this.#byId.set(room.id, room);
    this.#index.put(room, room.standing.indexed);
    return room;
  }

  /**
   * Call after the bounds of a room have moved or settled. Meanwhile it may have been left by all, and another of the
   * same name may stand in its place: the one that has gone must not come back into the index, or it stays for ever.
   */
  reindex(room: Room): void {
    if (this.#byId.get(room.id) === room) this.#index.put(room, room.standing.indexed);
  }

  follow(socket: AppSocket, room: Room): void {
    room.followers.add(socket);
    this.#remember(socket, room);
  }

  unfollow(socket: AppSocket, room: Room): void {
    room.followers.delete(socket);
    this.#left(socket, room);
  }

  /** What a socket asked is another feed from now on, because its rights or its days have changed. */
  startOver(socket: AppSocket): void {
    for (const room of this.followedBy(socket)) {
      this.unfollow(socket, room);
      socket.emit('feed.reset', { room: room.id });
    }
  }

  /** What was asked by some filters is another feed from now on, whoever asked it. */
  startOverOf(isMeant: (filter: Filter) => boolean): void {
    for (const room of this.all()) {
      if (!isMeant(room.ask.filter)) continue;
      for (const socket of new Set([...room.followers, ...room.countWatchers])) {
        room.followers.delete(socket);
        room.countWatchers.delete(socket);
        this.#left(socket, room);
        socket.emit('feed.reset', { room: room.id });
      }
    }
  }

  watchCount(socket: AppSocket, room: Room): void {
    room.countWatchers.add(socket);
    this.#remember(socket, room);
  }

  unwatchCount(socket: AppSocket, room: Room): void {
    room.countWatchers.delete(socket);
    this.#left(socket, room);
  }

  /** A socket is gone. */
  forget(socket: AppSocket): void {
    for (const room of this.#ofSocket.get(socket) ?? []) {
      room.followers.delete(socket);
      room.countWatchers.delete(socket);
      this.#dropIfEmpty(room);
    }
    this.#ofSocket.delete(socket);
  }

  followedBy(socket: AppSocket): Room[] {
    return [...(this.#ofSocket.get(socket) ?? [])].filter((room) => room.followers.has(socket));
  }

  countedBy(socket: AppSocket): Room[] {
    return [...(this.#ofSocket.get(socket) ?? [])].filter((room) => room.countWatchers.has(socket));
  }

  /** The different feeds that the sockets of a user follow. */
  usedBy(userId: string): { followed: Set<Room> } {
    const mine = this.sockets.ofUser(userId);
    return { followed: new Set(mine.flatMap((socket) => this.followedBy(socket))) };
  }

  /** How many different feeds the sockets of a user would count, if this one counted those of these keys from now on. */
  wouldCount(socket: AppSocket, keys: readonly string[]): number {
    const others = this.sockets.ofUser(socket.data.user.id).filter((one) => one !== socket);
    const counted = others.flatMap((one) => this.countedBy(one).map(({ key }) => key));
    return new Set([...counted, ...keys]).size;
  }

  /** The rooms that a write means something to. Moves their counts. */
  match(write: EventWrite): { room: Room; step: Step }[] {
    const concerned: { room: Room; step: Step }[] = [];
    for (const room of this.#index.candidates(write)) {
      const step = stepOf(room.standing, write);
      if (!step) continue;
      if (step.entered) room.counter.move(1);
      else if (step.left) room.counter.move(-1);
      if (room.told || room.standing.isSettling || (!write.before && write.kind !== 'insert'))
        room.counter.doubt();
      room.told?.set(write.id, write.after?.version ?? Number.MAX_SAFE_INTEGER);
      concerned.push({ room, step });
    }
    return concerned;
  }

  #remember(socket: AppSocket, room: Room): void {
    const rooms = this.#ofSocket.get(socket);
    if (rooms) rooms.add(room);
    else {
      this.#ofSocket.set(socket, new Set([room]));
      socket.once('disconnect', () => this.forget(socket));
    }
  }

  /** A page that is open all day passes through many rooms; it holds on to none of them. */
  #left(socket: AppSocket, room: Room): void {
    if (!room.followers.has(socket) && !room.countWatchers.has(socket))
      this.#ofSocket.get(socket)?.delete(room);
    this.#dropIfEmpty(room);
  }

  #dropIfEmpty(room: Room): void {
    if (!room.isEmpty || this.#byId.get(room.id) !== room) return;
    room.counter.close();
    this.#index.remove(room);
    this.#byKey.delete(room.key);
    this.#byId.delete(room.id);
  }

  /** In turn by the first who wants to know; a room that everybody has left is not counted to the end. */
  #count(room: Room): Promise<Count> {
    const wanting = () => [...room.countWatchers, ...room.followers][0];
    return this.#counting.run(wanting()?.data.user.id ?? '', () =>
      this.events.count(room.standing.filter, COUNT_LIMIT, () => {
        if (!wanting()) throw new AppError('unavailable', 'nobody asks any more');
      }),
    );
  }

  #counterOf(room: Room): Counter {
    return new Counter({
      read: () => this.#count(room),
      tell: (count) =>
        broadcast(
          new Set([...room.followers, ...room.countWatchers]),
          'count.changed',
          `"room":"${room.id}","count":${JSON.stringify(count)}`,
        ),
    });
  }
}
