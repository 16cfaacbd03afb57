// How rooms hear of writes. A batch of changes goes through three phases, of which only the first two have the turn:
// everybody sees each change, synchronously; frames are made of them and sent; what stands beside the frames is told,
// behind the turn, in the order of the log. Whatever sends to rooms of a feed runs `inTurn`, one after the other.
import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Document } from 'mongodb';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Change, type ChangeListener, type FrameMaker, without } from './change.ts';
import { passingPlace } from './change-follower.ts';
import { Followers } from './followers.ts';
import { LogReader } from './log-reader.ts';

/** How many changes become one frame at most. */
const CHANGES_PER_FRAME = 100;
/** A start waits so long for the stream, and a subscription does, ms. */
const OPEN_MS = 5_000;
/** Changes that are pushed and not yet told of; beyond this the log waits. */
const MAX_UNTOLD = 1_000;
/** How often an idle stream says that it lives, and how old its last word may be for what is kept of the log, ms. */
const AWAIT_MS = 400;
const FRESH_MS = 900;
/** Frames that took longer than this to send are followed by a rest as long as they took, up to a limit, ms. */
const GATHER_MS = { from: 2, most: 50 };
/** What nobody hears of, and may be large or secret. The line of an order is written most often of all, and asked for. */
const UNUSED = ['revisions', 'created', 'passwordHash', 'tokenHash', 'line'];

@Injectable()
export class ChangeBus implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #reader: LogReader;
  readonly #listeners: ChangeListener[] = [];
  #frames: FrameMaker | null = null;
  #head = '';
  #isOpen = false;
  #isLost = false;
  #heardAt = Number.NEGATIVE_INFINITY;
  #waiting: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #telling: Promise<void> = Promise.resolve();
  #untold = 0;
  #pushMs = 0;

  constructor(
    private readonly followers: Followers,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'changes' });
    this.#reader = new LogReader(followers.db, () => this.#pipeline(), this.#log);
  }

  onModuleInit(): void {
    this.followers.add({
      name: 'feed',
      pipeline: () => this.#pipeline(),
      place: passingPlace(),
      awaitMs: AWAIT_MS,
      opened: (token) => this.opened(token),
      take: (changes) => this.#take(changes),
      quiet: (token) => {
        if (token > this.#head) this.#head = token;
        this.followers.recent.quiet(token);
        this.#heardAt = performance.now();
      },
      lost: () => this.lost(),
      closed: () => {
        this.#isOpen = false;
        this.followers.recent.broken();
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.whenOpen().catch(() => this.#log.warn('the change stream does not open yet'));
  }

  async onModuleDestroy(): Promise<void> {
    this.#reader.stop();
    await this.followers.onModuleDestroy();
    await this.#turn;
    await this.#telling;
  }

  /** Call before the start (`onModuleInit`). */
  register(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** As `register`, for the one who makes frames of what it hears. */
  frameBy(maker: FrameMaker): void {
    this.#frames = maker;
  }

  /** Whether writes are heard of as they come. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Whether everybody has seen what was written until a moment ago: within the second that a right may outlive its
   * end. Whoever keeps what the log tells of serves it only then.
   */
  get isFresh(): boolean {
    return this.#isOpen && performance.now() - this.#heardAt < FRESH_MS;
  }

  /** Everything up to this token has been seen by everybody. */
  get head(): string {
    return this.#head;
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
   * Shows `visit` every change after one token up to another, read back from the log, until it answers false.
   * @returns whether it saw all of them
   */
  readBack(from: string, until: string, visit: (change: Change) => boolean): Promise<boolean> {
    return this.#reader.read(from, until, visit);
  }

  /** The stream stands at `token`. */
  async opened(token: string): Promise<void> {
    if (this.#isLost || this.#head === '') {
      const wasLost = this.#isLost;
      await this.#frames?.begin(token, wasLost);
      this.#head = token;
      if (wasLost) await this.inTurn(() => this.#startAnew(token));
      this.#isLost = false;
    }
    this.#heardAt = Number.NEGATIVE_INFINITY;
    for (const listener of this.#listeners) this.#guarded(() => listener.doubt?.());
    this.#isOpen = true;
    this.followers.recent.begin(token, this.#heard());
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** What lies between here and the next `opened` never comes. */
  lost(): void {
    this.#isOpen = false;
    this.#isLost = true;
    this.followers.recent.broken();
  }

  /**
   * Of every stream that the bus reads, so that the token of one serves the other. It looks at the collection's name
   * only: a stage that looks into the images could lose the place on resuming (pitfall 16).
   */
  #pipeline(): Document[] {
    return [
      { $match: { 'ns.coll': { $in: this.#heard() } } },
      { $unset: 'updateDescription' },
      without(...UNUSED),
    ];
  }

  #heard(): string[] {
    return [...new Set(['events', ...this.#listeners.flatMap(({ collections }) => collections)])].sort();
  }

  async #take(batch: Change[]): Promise<void> {
    const fresh = batch.filter(({ token }) => token > this.#head); // a failed batch comes again whole
    for (let at = 0; at < fresh.length; at += CHANGES_PER_FRAME) {
      const pushed = await this.inTurn(() => this.#push(fresh.slice(at, at + CHANGES_PER_FRAME)));
      this.#tell(pushed);
      // As long as it took: under load what comes meanwhile goes out together, and a lone change waits for nobody.
      if (this.#pushMs > GATHER_MS.from) await pause(Math.min(this.#pushMs, GATHER_MS.most));
      if (this.#untold > MAX_UNTOLD) await this.#telling;
    }
  }

  async #push(read: Change[]): Promise<Change[]> {
    const changes = await Promise.all(read.map((change) => this.#completed(change)));
    // No await up to here and until they are matched: whoever joins a room sees either none or all of these changes.
    for (const change of changes) {
      for (const listener of this.#hearing(change)) this.#guarded(() => listener.see?.(change));
    }
    // Behind those who see: what is kept of the log is then as new as what whoever shares the stream is told of.
    this.followers.recent.push(read);
    this.#head = changes.at(-1)?.token ?? this.#head;
    this.#heardAt = performance.now() - this.#ageOf(changes.at(-1));
    const began = performance.now();
    await this.#frames?.push(changes);
    this.#pushMs = performance.now() - began;
    return changes;
  }

  /** How long ago a change was written, ms: behind a long batch the log is heard late. */
  #ageOf(change: Change | undefined): number {
    return change?.at ? Math.max(0, this.clock.now().getTime() - change.at.getTime()) : 0;
  }

  /** Outside the turn: what is told beside the rows may ask the store, and no frame waits for that. */
  #tell(changes: readonly Change[]): void {
    this.#untold += changes.length;
    this.#telling = this.#telling.then(async () => {
      for (const change of changes) {
        for (const listener of this.#hearing(change)) {
          await listener.tell?.(change).catch((error: unknown) => {
            this.#log.error('a change could not be told', { err: error, collection: change.collection });
          });
        }
        this.#untold--;
      }
    });
  }

  #hearing({ collection }: Change): ChangeListener[] {
    return this.#listeners.filter(({ collections }) => collections.includes(collection));
  }

  /** A write whose image is gone is read anew: newer than the change, which versions make harmless. */
  async #completed(change: Change): Promise<Change> {
    if (change.after || change.kind === 'delete') return change;
    const { db } = this.followers;
    const after = await db.collection<{ _id: string }>(change.collection).findOne({ _id: change.id });
    return after ? { ...change, after } : { ...change, kind: 'delete' };
  }

  async #startAnew(token: string): Promise<void> {
    for (const listener of this.#listeners) await listener.anew?.();
    this.#frames?.anew(token);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error('a change could not be seen', { err: error });
    }
  }
}
