import { setTimeout as pause } from 'node:timers/promises';
import type { ChangeStream, Db, Document } from 'mongodb';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import type { Logger } from '../platform/logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from '../platform/mongo/answered-in-time.ts';
import { type Change, STREAM_OPTIONS, toChange } from './change.ts';
import type { RecentLog } from './recent-log.ts';

const PAUSE_MS = { first: 100, most: 5_000 };
/** Changes that are taken together at most. */
const MOST = 200;
/** The place in the log is gone, or the stream cannot pass it: there is nothing to go on from. */
const LOST_CODES = new Set<unknown>([260, 280, 286, 10334]);

class Lost extends Error {}

/** Whether going on from a place has become impossible. */
const isLost = (error: unknown): boolean =>
  error instanceof Lost || LOST_CODES.has((error as { code?: unknown } | undefined)?.code);

/** Where somebody stands in the log. */
export type Place = {
  /** The token to go on from; null: begin at the present. */
  read(): Promise<string | null>;
  /** Everything up to `token` is done. `isQuiet`: nothing more is known to come. */
  reached(token: string, isQuiet: boolean): Promise<void>;
  forget(): Promise<void>;
};

/** A place that lasts as long as its process. */
export function passingPlace(): Place {
  let token: string | null = null;
  const put = async (value: string | null) => {
    token = value;
  };
  return { read: async () => token, reached: (value) => put(value), forget: () => put(null) };
}

/** What somebody wants of the change log. */
export type Following = {
  /** Who follows, for readiness and the log: `decisions`. */
  name: string;
  pipeline: () => Document[];
  /**
   * What of the bus's own stream is the same as this pipeline brings, save for fields that nobody hears of and the
   * names of changed ones. Who says so shares that stream once they have caught up.
   */
  hears?: { collections: readonly string[]; kinds?: readonly Change['kind'][] };
  place: Place;
  /** How long the store may wait for a change before it says that there is none, ms. */
  awaitMs?: number;
  /**
   * The stream stands at `token`, and everything after it will come. `isNew`: there was no place to go on from, so
   * what was before never comes.
   */
  opened?(token: string, isNew: boolean): Promise<void>;
  /** In the order of the log. The next ones wait until it is done; when it throws, or dies, they come again. */
  take(changes: Change[]): Promise<void>;
  /** Nothing happened, and the log was read up to `token`. */
  quiet?(token: string): void;
  /** What lies between the last batch and the next `opened` will never come. */
  lost?(): Promise<void> | void;
  /** The stream broke; it will be opened again from where it was. */
  closed?(): void;
};

/**
 * Follows the change log for one who wants to. Life: `start` → (opened → batches → closed or lost)* → `stop`. It
 * supervises itself, because the driver resumes once at most, a stream can end without an error, and a line can fall
 * silent without one: whatever happens, it opens again from its place after a growing pause, or anew when the place
 * leads nowhere. Stopping waits for the batch at hand.
 */
export class ChangeFollower {
  readonly #stop = new AbortController();
  #stream: ChangeStream<Document, Document> | null = null;
  #running: Promise<void> = Promise.resolve();
  #isFollowing = false;

  constructor(
    private readonly db: Db,
    private readonly following: Following,
    private readonly log: Logger,
    private readonly recent: RecentLog | null = null,
  ) {}

  /** Whether changes are taken as they come; for readiness. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.recent?.wake();
    await this.#stream?.close().catch(() => undefined);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#follow(() => {
          failures = 0;
        });
      } catch (err) {
        if (signal.aborted) return;
        await this.#broke(err, failures++ === 0);
      }
      const ms = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** Math.max(0, failures - 1));
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #broke(err: unknown, isFirst: boolean): Promise<void> {
    const { name, place, lost, closed } = this.following;
    if (isLost(err)) {
      this.log.error('the place in the change log is lost', { follower: name, err });
      await place.forget().catch(() => undefined);
      await Promise.resolve(lost?.()).catch(() => undefined);
      return;
    }
    closed?.();
    if (!translateDriverError(err))
      this.log.warn('a follower of the change log stumbled, and goes on where it is', {
        follower: name,
        err,
      });
    else if (isFirst)
      this.log.info('a follower of the change log waits for the store, and goes on where it is', {
        follower: name,
        reason: (err as Error).message,
      });
  }

  /** Reads until the stream fails. */
  async #follow(works: () => void): Promise<void> {
    const { signal } = this.#stop;
    const { name, pipeline, place, awaitMs, take, quiet } = this.following;
    const from = await place.read();
    const stream = this.db.watch(pipeline(), {
      ...STREAM_OPTIONS,
      ...(awaitMs !== undefined && { maxAwaitTimeMS: awaitMs }),
      ...(from !== null && { resumeAfter: { _data: from } }),
    });
    this.#stream = stream;
    let opening: Promise<void> | null = null;
    stream.on('resumeTokenChanged', (token: unknown) => {
      // The answer to the first command says where the stream stands, a wait before its first change comes.
      if (opening) return;
      opening = this.#open(from, (token as { _data: string })._data).then(works);
      opening.catch(() => {}); // the loop waits for it, but may fail before
    });
    try {
      let batch: Change[] = [];
      while (!signal.aborted) {
        const next = stream.tryNext();
        const document =
          stream.bufferedCount() > 0
            ? await next
            : await answeredInTime(next, STREAM_SILENCE_MS, `the stream of ${name}`);
        if (document?.operationType === 'invalidate') throw new Lost('the watched database was dropped');
        if (stream.closed) throw new Error('the change stream closed without an error');
        if (!opening) throw new Error('the server names no place in its log');
        await opening;
        const change = document ? toChange(document) : null;
        if (change) batch.push(change);
        if (document && stream.bufferedCount() > 0 && batch.length < MOST) continue;
        const token = (stream.resumeToken as { _data: string })._data;
        const whole = batch;
        batch = [];
        if (whole.length > 0) await take(whole);
        else quiet?.(token);
        await place.reached(token, whole.length === 0);
        // Not only when nothing comes: a desk on which something always does would never share.
        if (this.#isShared(token)) {
          await stream.close();
          return await this.#followRecent(token);
        }
      }
    } finally {
      this.#isFollowing = false;
      await stream.close().catch(() => undefined);
    }
  }

  #isShared(token: string): boolean {
    const collections = this.following.hears?.collections;
    return collections ? (this.recent?.reaches(token, collections) ?? false) : false;
  }

  /** Takes what the bus has read, until it has to be read elsewhere. */
  async #followRecent(from: string): Promise<void> {
    const { hears, place, take, quiet } = this.following;
    const isMine = ({ collection, kind }: Change) =>
      hears?.collections.includes(collection) && (hears.kinds?.includes(kind) ?? true);
    for (let at = from; ; ) {
      const news = await this.recent?.after(at, this.#stop.signal);
      if (!news) return;
      const mine = news.changes.filter(isMine);
      at = news.quiet ?? news.changes.at(-1)?.token ?? at;
      if (mine.length > 0) await take(mine);
      if (news.quiet !== null) quiet?.(news.quiet);
      // A stream of one's own can go on from a change that it brings itself, or from where there was none.
      const reached = news.quiet ?? mine.at(-1)?.token;
      if (reached !== undefined) await place.reached(reached, news.quiet !== null);
    }
  }

  async #open(from: string | null, token: string): Promise<void> {
    await this.following.opened?.(from ?? token, from === null);
    if (from === null) await this.following.place.reached(token, true);
    this.#isFollowing = true;
  }
}
