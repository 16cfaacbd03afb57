import type { ChangeStream, Db, Document } from 'mongodb';
import type { Logger } from '../platform/logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from '../platform/mongo/answered-in-time.ts';
import { type Change, PIPELINE, STREAM_OPTIONS, toChange } from './change.ts';

const PAUSE_MS = { first: 100, most: 5_000 };
/** The place in the log is gone, or the stream cannot pass it: there is nothing to go on from (F12). */
const LOST_CODES = new Set<unknown>([260, 280, 286, 10334]);

export type ChangeListener = {
  /** The stream stands at `token` and everything after it will come. Also after a break or a loss. */
  opened(token: string): Promise<void>;
  /** Changes in log order. The next ones wait until this is done; when it throws, they come again. */
  changes(batch: Change[]): Promise<void>;
  /** Nothing happened, and the log was read up to `token`. */
  quiet(token: string): void;
  /** What lies between the last batch and the next `opened` will never come. */
  lost(error: unknown): void;
  /** The stream broke; it will be opened again from where it was. */
  closed(error: unknown): void;
};

class Lost extends Error {}

/** Whether going on from a token has become impossible. */
export function isLost(error: unknown): boolean {
  return error instanceof Lost || LOST_CODES.has((error as { code?: unknown } | undefined)?.code);
}

/**
 * The one change stream of a node. Life: `start` → (opened → batches → closed or lost)* → `stop`. It supervises
 * itself, because the driver resumes once at most and a stream can end without an error: whatever happens, it opens
 * again from its token after a growing pause, or anew when the token leads nowhere.
 */
export class ChangeSource {
  #token: string | null = null;
  #stopped = false;
  #stream: ChangeStream<Document, Document> | null = null;
  #running: Promise<void> = Promise.resolve();
  #wake: (() => void) | null = null;

  constructor(
    private readonly db: Db,
    private readonly listener: ChangeListener,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#stream?.close().catch(() => {});
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      try {
        await this.#follow(() => {
          failures = 0;
        });
      } catch (error) {
        if (this.#stopped) return;
        failures++;
        if (isLost(error)) {
          this.log.error('the place in the change log is lost; every feed starts anew', { err: error });
          this.#token = null;
          this.listener.lost(error);
        } else {
          this.log.warn('the change stream broke and will be opened again', { err: error, failures });
          this.listener.closed(error);
        }
        await this.#pause(Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** (failures - 1)));
      }
    }
  }

  /** Reads until the stream fails. */
  async #follow(works: () => void): Promise<void> {
    const stream = this.db.watch(PIPELINE, {
      ...STREAM_OPTIONS,
      ...(this.#token !== null && { resumeAfter: { _data: this.#token } }),
    });
    this.#stream = stream;
    let opening: Promise<void> | null = null;
    stream.on('resumeTokenChanged', (token: unknown) => {
      // The answer to the first command says where the stream stands, a wait before its first change comes.
      if (opening) return;
      this.#token ??= (token as { _data: string })._data;
      opening = this.listener.opened(this.#token).then(works);
      opening.catch(() => {}); // the loop waits for it, but may fail before
    });
    try {
      let batch: Change[] = [];
      while (!this.#stopped) {
        const document = await answeredInTime(stream.tryNext(), STREAM_SILENCE_MS, 'the change stream');
        if (document?.operationType === 'invalidate') throw new Lost('the watched database was dropped');
        if (stream.closed) throw new Error('the change stream closed without an error');
        if (!opening) throw new Error('the server names no place in its log');
        await opening;
        const change = document ? toChange(document) : null;
        if (change) batch.push(change);
        if (document && stream.bufferedCount() > 0) continue;
        const place = (stream.resumeToken as { _data: string })._data;
        const whole = batch;
        batch = [];
        if (whole.length > 0) await this.listener.changes(whole);
        else this.listener.quiet(place);
        this.#token = place;
      }
    } finally {
      await stream.close().catch(() => {});
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
