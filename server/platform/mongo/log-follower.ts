import { setTimeout as pause } from 'node:timers/promises';
import type { Document } from 'mongodb';
import type { Connection, mongo } from 'mongoose';
import { translateDriverError } from '../errors/translate-driver-error.ts';
import type { Logger } from '../logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from './answered-in-time.ts';
import { driverCollection } from './driver-collection.ts';

/** The log no longer reaches back to the position, or the position is not one of this log. */
const LOST = new Set([286, 280, 260, 40573, 10334]);
/** Changes that are taken together at most. */
const BATCH = 200;
const SAVE_EVERY_MS = 1_000;
/** A quiet installation's position must not fall out of the log either. */
const SAVE_IDLE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 15_000;

type PositionDoc = { _id: string; token: mongo.ResumeToken };

/** What somebody wants of the change log. `D` is a stream's document as they use it. */
export type Following<D extends Document> = {
  /** Who follows, for the log: `the decisions`. */
  who: string;
  /** Names the stored position among the settings. */
  position: string;
  pipeline: Document[];
  /** There was no position. The stream stands already, so what happens meanwhile is in it. */
  begin(): Promise<void>;
  /** In the order of the log. The position is stored after it, so a crash repeats the last ones. */
  take(changes: D[]): Promise<void>;
  /** The log does not reach back to the position. What lies between never comes; `begin` is next. */
  lost?(): Promise<void>;
};

/**
 * Follows the change log from a stored position, so that no change is lost with the node that was about to take it.
 *
 * Life: `start` → (the stream opens → batches → it breaks, a pause that grows)* → `stop`. Concurrency: every node
 * follows by itself and stores the one position; an older one only repeats changes, which whoever takes them must bear.
 * Shutdown: the stream is closed and the batch at hand is finished, before the connection goes.
 */
export class LogFollower<D extends Document> {
  readonly #stop = new AbortController();
  readonly #positions: mongo.Collection<PositionDoc>;
  #stream: mongo.ChangeStream<Document, D & mongo.ChangeStreamDocument> | null = null;
  #loop: Promise<void> = Promise.resolve();
  #isFollowing = false;

  constructor(
    private readonly connection: Connection,
    private readonly following: Following<D>,
    private readonly log: Logger,
  ) {
    this.#positions = driverCollection<PositionDoc>(connection, 'settings');
  }

  /** Whether changes are taken as they come; for readiness. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#stream?.close().catch(() => undefined);
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#follow(() => {
          failures = 0;
        });
      } catch (err) {
        if (signal.aborted) return;
        await this.#broke(err, failures === 0);
      } finally {
        this.#isFollowing = false;
        await this.#stream?.close().catch(() => undefined);
      }
      const ms = Math.min(200 * 2 ** failures, LONGEST_PAUSE_MS);
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #broke(err: unknown, isFirst: boolean): Promise<void> {
    const { who, position } = this.following;
    if (LOST.has((err as { code?: number }).code ?? 0)) {
      this.log.error(`the change log no longer holds the place of ${who}`, { err });
      await this.following.lost?.().catch(() => undefined);
      await this.#positions.deleteOne({ _id: position }).catch(() => undefined);
    } else if (translateDriverError(err)) {
      if (isFirst)
        this.log.info(`${who} wait for the store, and go on where they are`, {
          reason: (err as Error).message,
        });
    } else {
      this.log.warn(`${who} stumbled, and go on where they are`, { err });
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { signal } = this.#stop;
    const { who, position, pipeline } = this.following;
    const token = (await this.#positions.findOne({ _id: position }))?.token;
    const stream = this.connection.db?.watch<Document, D & mongo.ChangeStreamDocument>(pipeline, {
      fullDocument: 'whenAvailable',
      fullDocumentBeforeChange: 'whenAvailable',
      maxAwaitTimeMS: 1_000,
      ...(token ? { resumeAfter: token } : {}),
    });
    if (!stream) throw new Error('not connected');
    this.#stream = stream;
    if (signal.aborted) return;

    const next = () => answeredInTime(stream.tryNext(), STREAM_SILENCE_MS, `the stream of ${who}`);
    let change = await next();
    if (!token) await this.following.begin();
    let savedAt = token ? performance.now() : 0;
    let isBehind = !token;
    this.#isFollowing = true;
    onProgress();

    let batch: D[] = [];
    while (!signal.aborted) {
      if (change) batch.push(change);
      if (!change || batch.length >= BATCH || stream.bufferedCount() === 0) {
        if (batch.length > 0) {
          await this.following.take(batch);
          batch = [];
          isBehind = true;
        }
        const since = performance.now() - savedAt;
        if ((isBehind && (!change || since > SAVE_EVERY_MS)) || since > SAVE_IDLE_MS) {
          const reached = change ? change._id : stream.resumeToken;
          await this.#positions.updateOne({ _id: position }, { $set: { token: reached } }, { upsert: true });
          savedAt = performance.now();
          isBehind = false;
        }
      }
      change = await next();
      if (stream.closed && !signal.aborted) throw new Error('the change stream closed without an error');
    }
  }
}
