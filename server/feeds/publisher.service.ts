// The one thing that pushes (design 4): it makes frames of the changes that the bus brings, in the turn of the bus, so
// that frames leave in commit order and each continues the chain of its room (F3, F5).
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { FeedOp } from '@svodka/shared/feed/feed';
import type { Db } from 'mongodb';
import type { Connection } from 'mongoose';
import type { Change, FrameMaker } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { broadcast } from '../platform/sockets/broadcast.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { RefsCache } from '../refs/refs-cache.ts';
import { nextEpoch, sharedPositions } from './feed-settings.ts';
import type { Place, Positions } from './position.ts';
import { Ring } from './ring.ts';
import type { Room } from './room.ts';
import { Rooms } from './rooms.service.ts';
import { type EventChange, type RoomStep, Wire } from './wire.ts';

const BEAT_MS = 10_000;

@Injectable()
export class PublisherService implements FrameMaker, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #db: Db;
  readonly #ring = new Ring<EventChange>('');
  #positions: Positions | null = null;
  #beat: NodeJS.Timeout | null = null;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly bus: ChangeBus,
    private readonly rooms: Rooms,
    private readonly sockets: Sockets,
    private readonly refs: RefsCache,
    logger: Logger,
  ) {
    if (!connection.db) throw new Error('not connected');
    this.#db = connection.db as unknown as Db;
    this.#log = logger.child({ room: 'feeds' });
  }

  async onModuleInit(): Promise<void> {
    this.#positions = await sharedPositions(this.#db);
    this.bus.frameBy(this);
  }

  onApplicationBootstrap(): void {
    this.#beat = setInterval(() => this.bus.inTurn(async () => this.#sendBeats()).catch(() => {}), BEAT_MS);
    this.#beat.unref();
  }

  onModuleDestroy(): void {
    if (this.#beat) clearInterval(this.#beat);
  }

  /** @throws AppError `unavailable` before the first start */
  get positions(): Positions {
    if (!this.#positions) throw new AppError('unavailable', 'feeds are not ready');
    return this.#positions;
  }

  /**
   * Shows `visit` every change of events after one token up to another, until it answers false.
   * @returns whether it saw all of them
   */
  async changesBetween(
    from: string,
    until: string,
    visit: (change: EventChange) => boolean,
  ): Promise<boolean> {
    const recent = this.#ring.between(from, until);
    if (recent) return recent.every(visit);
    return this.bus.readBack(
      from,
      until,
      (change) => change.collection !== 'events' || visit(change as EventChange),
    );
  }

  /** Sends a room the steps that take it to `place`, and remembers that it stands there. */
  send(room: Room, place: Place, ops: readonly FeedOp[], wire = new Wire()): void {
    const prev = room.place;
    room.place = place;
    if (room.followers.size === 0) return;
    const [from, to] = [prev, place].map((each) => this.positions.format(room.id, each));
    const end = wire.endOf(ops, room.ask.reader, (rows, reader) => this.refs.namedBy(rows, reader));
    broadcast(
      room.followers,
      'feed.changed',
      `"room":"${room.id}","prev":"${from}","position":"${to}",`,
      end,
    );
  }

  /** Tells a room that it cannot go on (F12, F13). Its chain continues, so whoever stays notices what is missing. */
  reset(room: Room): void {
    room.counter.doubt();
    broadcast(room.followers, 'feed.reset', `"room":"${room.id}"`);
  }

  async begin(token: string, wasLost: boolean): Promise<void> {
    if (wasLost) this.#positions = await nextEpoch(this.#db);
    this.#ring.clear(token);
  }

  async push(changes: readonly Change[]): Promise<void> {
    const steps = new Map<Room, RoomStep[]>();
    for (const change of changes)
      if (change.collection === 'events') this.#match(change as EventChange, steps);
    const { head: token } = this.bus;
    const wire = new Wire();
    const opsOf = new Map([...steps].map(([room, mine]) => [room, this.#opsOf(room, mine, wire)]));
    await this.refs.load(
      wire.rows,
      [...opsOf.keys()].map(({ ask }) => ask.reader),
    );
    this.sockets.cutExpired();
    for (const [room, ops] of opsOf) this.send(room, { token, boundary: room.place.boundary }, ops, wire);
  }

  anew(token: string): void {
    for (const room of this.rooms.all()) {
      room.place = { token, boundary: room.place.boundary };
      this.reset(room);
    }
  }

  /** What no row can be made of was not written by us; the feed then shows what a query makes of it. */
  #opsOf(room: Room, steps: RoomStep[], wire: Wire): FeedOp[] {
    try {
      return steps.map((one) => wire.opOf(one));
    } catch (error) {
      this.#log.error('a stored event is no event', {
        err: error,
        ids: steps.map(({ change }) => change.id),
      });
      this.reset(room);
      return [];
    }
  }

  #match(change: EventChange, steps: Map<Room, RoomStep[]>): void {
    this.#ring.push(change);
    for (const { room, step } of this.rooms.match(change)) {
      const mine = steps.get(room);
      if (mine) mine.push({ change, step });
      else steps.set(room, [{ change, step }]);
    }
  }

  #sendBeats(): void {
    if (!this.bus.isOpen) return;
    this.sockets.cutExpired();
    for (const room of this.rooms.all()) {
      if (room.followers.size === 0) continue;
      const { token, boundary } = room.place;
      if (this.bus.head > token) this.send(room, { token: this.bus.head, boundary }, []);
      else {
        const position = this.positions.format(room.id, room.place);
        broadcast(room.followers, 'feed.beat', `"room":"${room.id}","position":"${position}"`);
      }
    }
  }
}
