import type { Db, Document } from 'mongodb';
import type { Logger } from '../platform/logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from '../platform/mongo/answered-in-time.ts';
import { type Change, STREAM_OPTIONS, toChange } from './change.ts';

const AT_ONCE = 4;
/** What the log is promised to hold, and some more. */
const MAX_CHANGES = 150_000;
const MAX_MS = 30_000;

type Wanted = {
  from: string;
  until: string;
  visit: (change: Change) => boolean;
  done: (whole: boolean) => void;
};

/**
 * Reads older parts of the change log, for those who were away for longer than is remembered (F11 of the feeds). At most four streams at
 * a time; all who wait when one starts share it, so a thousand clients that come back at once cost one pass.
 */
export class LogReader {
  #waiting: Wanted[] = [];
  #running = 0;
  #stopped = false;

  constructor(
    private readonly db: Db,
    private readonly pipeline: () => Document[],
    private readonly log: Logger,
  ) {}

  /**
   * Shows `visit` every change after `from` up to and with `until`, in order; it answers false when it wants no more.
   * @returns whether all of them were shown; false when the log does not reach back, or when `visit` stopped it
   */
  read(from: string, until: string, visit: (change: Change) => boolean): Promise<boolean> {
    if (from >= until) return Promise.resolve(true);
    return new Promise((done) => {
      this.#waiting.push({ from, until, visit, done });
      // Those who ask in the same moment ask together.
      setImmediate(() => void this.#next());
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const { done } of this.#waiting.splice(0)) done(false);
  }

  async #next(): Promise<void> {
    if (this.#running >= AT_ONCE || this.#waiting.length === 0) return;
    const wanted = this.#waiting.splice(0);
    this.#running++;
    try {
      await this.#pass(wanted);
    } catch (error) {
      this.log.info('the change log could not be read back', { err: error, feeds: wanted.length });
    } finally {
      this.#running--;
      for (const { done } of wanted) done(false); // whoever is served already has its answer
      void this.#next();
    }
  }

  async #pass(wanted: Wanted[]): Promise<void> {
    let open = [...wanted];
    const from = wanted.map((one) => one.from).sort()[0] ?? '';
    const until =
      wanted
        .map((one) => one.until)
        .sort()
        .at(-1) ?? '';
    const stream = this.db.watch(this.pipeline(), {
      ...STREAM_OPTIONS,
      maxAwaitTimeMS: 200,
      resumeAfter: { _data: from },
    });
    const end = performance.now() + MAX_MS;
    try {
      for (let seen = 0; seen < MAX_CHANGES && performance.now() < end && !this.#stopped; seen++) {
        const document = await answeredInTime(
          stream.tryNext(),
          STREAM_SILENCE_MS,
          'the log that is read back',
        );
        const change = document ? toChange(document) : null;
        const place = change?.token ?? (stream.resumeToken as { _data?: string } | null)?._data ?? '';
        open = open.filter((one) => {
          if (place > one.until || !change) return !finish(one, place);
          if (change.token > one.from && !one.visit(change)) {
            one.done(false);
            return false;
          }
          return !finish(one, place);
        });
        if (open.length === 0 || place >= until) return;
      }
    } finally {
      await stream.close().catch(() => {});
    }
  }
}

/** Tells the one who asked that everything up to `until` was shown, once the log was read so far. */
function finish(one: Wanted, place: string): boolean {
  if (place < one.until) return false;
  one.done(true);
  return true;
}
