// The one thing that pushes (design 4). Life: bootstrap opens the change stream; then batches of changes come in log
// order; destroy closes it. Everything that sends frames to rooms runs `inTurn`, one after the other, so that frames
// leave in commit order and each continues the chain of its room (F3, F5).
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { FeedOp } from '@svodka/shared/contracts/feed';
import type { Db } from 'mongodb';
import type { Connection } from 'mongoose';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import type { Change, ChangeHandler } from './change.ts';
import { type ChangeListener, ChangeSource } from './change-source.ts';
import { nextEpoch, sharedPositions } from './feed-settings.ts';
import { LogReader } from './log-reader.ts';
import type { Place, Positions } from './position.ts';
import { RefsCache } from './refs-cache.ts';
import { Ring } from './ring.ts';
import type { Room } from './room.ts';
import { Rooms } from './rooms.service.ts';
import { type EventChange, type RoomStep, rowsOf, Wire } from './wire.ts';

/** How many changes become one frame at most. */
const CHANGES_PER_FRAME = 100;
const BEAT_MS = 10_000;
/** A start waits so long for the stream, and a subscription does, ms. */
const OPEN_MS = 5_000;
/** Changes that are pushed and not yet told of; beyond this the log waits. */
const MAX_UNTOLD = 1_000;

@Injectable()
export class PublisherService implements ChangeListener, OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #db: Db;
  readonly #source: ChangeSource;
  readonly #reader: LogReader;
  readonly #handlers: ChangeHandler[] = [];
  readonly #ring = new Ring<EventChange>('');
  #positions: Positions | null = null;
  #head = '';
  #isOpen = false;
  #isLost = false;
  #waiting: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #telling: Promise<void> = Promise.resolve();
  #untold = 0;
  #beat: NodeJS.Timeout | null = null;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly rooms: Rooms,
    private readonly sockets: Sockets,
    private readonly refs: RefsCache,
    logger: Logger,
  ) {
    if (!connection.db) throw new Error('not connected');
    this.#db = connection.db as unknown as Db;
    this.#log = logger.child({ room: 'feeds' });
    this.#source = new ChangeSource(this.#db, this, this.#log);
    this.#reader = new LogReader(this.#db, this.#log);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#positions = await sharedPositions(this.#db);
    this.#source.start();
    this.#beat = setInterval(() => this.inTurn(async () => this.#sendBeats()).catch(() => {}), BEAT_MS);
    this.#beat.unref();
    await this.whenOpen().catch(() => this.#log.warn('the change stream does not open yet'));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#beat) clearInterval(this.#beat);
    this.#reader.stop();
    await this.#source.stop();
    await this.#turn;
    await this.#telling;
  }

  /** For readiness: whether writes reach the screens. */
  get isReady(): boolean {
    return this.#isOpen;
  }

  /** Everything up to this token has been matched against the rooms there are. */
  get head(): string {
    return this.#head;
  }

  /** @throws AppError `unavailable` before the first start */
  get positions(): Positions {
    if (!this.#positions) throw new AppError('unavailable', 'feeds are not ready');
    return this.#positions;
  }

  register(handler: ChangeHandler): void {
    this.#handlers.push(handler);
  }

  /** @throws AppError `unavailable` when the stream does not open in time */
  async whenOpen(): Promise<void> {
    if (this.#isOpen) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(resolve, OPEN_MS).unref();
    });
    if (!this.#isOpen) throw new AppError('unavailable', 'the change stream is not open');
  }

  /** Runs work that sends to rooms after what is being sent. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch((error: unknown) => this.#log.error('a push failed', { err: error }));
    return result;
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
    return this.#reader.read(
      from,
      until,
      (change) => change.collection !== 'events' || visit(change as EventChange),
    );
  }

  /** Sends a room the steps that take it to `place`, and remembers that it stands there. */
  send(room: Room, place: Place, ops: FeedOp[]): void {
    const prev = this.positions.format(room.key, room.place);
    room.place = place;
    if (room.followers.size === 0) return;
    const position = this.positions.format(room.key, place);
    const refs = this.refs.namedBy(rowsOf(ops), room.ask.reader);
    this.sockets.server
      .to(room.feedChannel)
      .emit('feed.changed', { room: room.id, prev, position, ops, refs });
  }

  /** Tells a room that it cannot go on (F12, F13). Its chain continues, so whoever stays notices what is missing. */
  reset(room: Room): void {
    room.counter.doubt();
    this.sockets.server.to(room.feedChannel).emit('feed.reset', { room: room.id });
  }

  async opened(token: string): Promise<void> {
    if (this.#isLost || this.#head === '') {
      const wasLost = this.#isLost;
      if (wasLost) this.#positions = await nextEpoch(this.#db);
      this.#head = token;
      this.#ring.clear(token);
      this.#isLost = false;
      if (wasLost) await this.inTurn(() => this.#startAnew(token));
    }
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  quiet(token: string): void {
    if (token > this.#head) this.#head = token;
  }

  closed(): void {
    this.#isOpen = false;
  }

  lost(): void {
    this.#isOpen = false;
    this.#isLost = true;
  }

  async changes(batch: Change[]): Promise<void> {
    const fresh = batch.filter(({ token }) => token > this.#head); // a failed batch comes again whole
    for (let at = 0; at < fresh.length; at += CHANGES_PER_FRAME) {
      const pushed = await this.inTurn(() => this.#publish(fresh.slice(at, at + CHANGES_PER_FRAME)));
      this.#tell(pushed);
      if (this.#untold > MAX_UNTOLD) await this.#telling;
    }
  }

  async #publish(read: Change[]): Promise<Change[]> {
    const changes = await Promise.all(read.map((change) => this.#completed(change)));
    const steps = new Map<Room, RoomStep[]>();
    // No await in here: whoever joins a room sees either none or all of these changes as matched.
    for (const change of changes) {
      for (const handler of this.#handlers) {
        if (handler.collections.includes(change.collection)) this.#guarded(() => handler.see?.(change));
      }
      if (change.collection === 'events') this.#match(change as EventChange, steps);
      this.#head = change.token;
    }
    const token = this.#head;
    const wire = new Wire();
    const opsOf = new Map([...steps].map(([room, mine]) => [room, this.#opsOf(room, mine, wire)]));
    await this.refs.load(
      wire.rows,
      [...opsOf.keys()].map(({ ask }) => ask.reader),
    );
    this.sockets.cutExpired();
    for (const [room, ops] of opsOf) this.send(room, { token, boundary: room.place.boundary }, ops);
    return changes;
  }

  /** Outside the turn: what is told beside the rows may ask the store, and no frame waits for that. */
  #tell(changes: readonly Change[]): void {
    this.#untold += changes.length;
    this.#telling = this.#telling.then(async () => {
      for (const change of changes) {
        for (const handler of this.#handlers) {
          if (!handler.tell || !handler.collections.includes(change.collection)) continue;
          await handler.tell(change).catch((error: unknown) => {
            this.#log.error('a change could not be told', { err: error, collection: change.collection });
          });
        }
        this.#untold--;
      }
    });
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

  /** A write whose image is gone is read anew: newer than the change, which versions make harmless. */
  async #completed(change: Change): Promise<Change> {
    if (change.after || change.kind === 'delete') return change;
    const after = await this.#db.collection<{ _id: string }>(change.collection).findOne({ _id: change.id });
    return after ? { ...change, after } : { ...change, kind: 'delete' };
  }

  #sendBeats(): void {
    if (!this.#isOpen) return;
    this.sockets.cutExpired();
    for (const room of this.rooms.all()) {
      if (room.followers.size === 0) continue;
      const { token, boundary } = room.place;
      if (this.#head > token) this.send(room, { token: this.#head, boundary }, []);
      else {
        const position = this.positions.format(room.key, room.place);
        this.sockets.server.to(room.feedChannel).emit('feed.beat', { room: room.id, position });
      }
    }
  }

  async #startAnew(token: string): Promise<void> {
    this.refs.clear();
    for (const handler of this.#handlers) await handler.anew?.();
    for (const room of this.rooms.all()) {
      room.place = { token, boundary: room.place.boundary };
      this.reset(room);
    }
    await this.sockets.recheck();
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error('a change could not be seen', { err: error });
    }
  }
}
