/**
 * A change stream: the log behind a position, as events, through a pipeline. It reads what is on disk and holds
 * nothing between two replies but its position; while it waits for news it has no read transaction open.
 */
import type { Document } from 'bson';
import type { StreamStages } from '../aggregation/stream-stages.ts';
import type { Transform } from '../aggregation/transforms.ts';
import { appendDocuments, decode, encode } from '../bson/raw.ts';
import type { Batch, Source } from '../commands/cursors.ts';
import type { Operation } from '../commands/operation.ts';
import { MongoError } from '../errors.ts';
import { equalValues } from '../values/compare.ts';
import type { LogEntry } from './entry.ts';
import { type EventOptions, headOf, type Image, imagesOf, invalidateOf } from './event.ts';
import type { ChangeLog } from './log.ts';
import { assertReachable, tokenOf } from './token.ts';

/** What is watched; without a collection a database, without a database everything. */
export interface Subject {
  db?: string;
  collection?: string;
}

export interface StreamOptions extends EventOptions {
  subject: Subject;
  /** Changes up to here have been seen. */
  position: bigint;
  /** The position is an event that ended its stream: the end comes first. */
  invalidateFirst: boolean;
  stages: StreamStages;
}

const HIDDEN_DATABASES = new Set(['admin', 'config', 'local']);
const MAX_EVENT_BYTES = 16 * 1024 * 1024 + 16 * 1024;

interface Ready {
  bytes: Buffer;
  token: Document;
  clusterTime: bigint;
  last: boolean;
}

export class ChangeStream implements Source {
  readonly awaits = true;
  readonly #log: ChangeLog;
  readonly #options: StreamOptions;
  #position: bigint;
  #token: Document;
  #ready: Ready[] = [];

  constructor(log: ChangeLog, options: StreamOptions) {
    this.#log = log;
    this.#options = options;
    this.#position = options.position;
    this.#token = tokenOf(options.position, options.epoch);
    if (options.invalidateFirst) this.#findInvalidation();
  }

  fields(): Document {
    return { postBatchResumeToken: this.#token };
  }

  async fill(batch: Batch, operation: Operation, wait?: { ms: number }): Promise<boolean> {
    const deadline = performance.now() + (wait?.ms ?? 0);
    for (;;) {
      operation.check();
      const end = this.#scan(batch, operation);
      if (end === 'ended') return true;
      if (end === 'full') return false;
      if (end === 'spent') {
        await operation.breathe();
        continue;
      }
      const left = deadline - performance.now();
      if (batch.documents.length > 0 || left <= 0) return false;
      await this.#news(operation, left);
      operation.restart();
    }
  }

  /** Reads on until the batch is full, the log is read, the stream has ended or the time slice is over. */
  #scan(batch: Batch, operation: Operation): 'full' | 'read' | 'ended' | 'spent' {
    assertReachable(this.#position, this.#log);
    for (;;) {
      for (let next = this.#ready[0]; next; next = this.#ready[0]) {
        if (!batch.add(next.bytes)) return 'full';
        this.#ready.shift();
        this.#token = next.token;
        if (next.last) return 'ended';
      }
      if (batch.full) return 'full';
      const found = this.#readOn(operation);
      if (found !== 'found') return found;
    }
  }

  /** Looks for the next event that passes. The position moves over those that do not. */
  #readOn(operation: Operation): 'found' | 'read' | 'spent' {
    for (const entry of this.#log.after(this.#position)) {
      if (operation.spent) return 'spent';
      this.#position = entry.clusterTime;
      if (this.#concerns(entry)) {
        this.#take(entry);
        if (this.#ready.length > 0) return 'found';
      }
      this.#token = tokenOf(entry.clusterTime, this.#options.epoch);
    }
    return 'read';
  }

  #concerns({ db, collection, operation }: LogEntry): boolean {
    const { subject } = this.#options;
    if (subject.db === undefined ? HIDDEN_DATABASES.has(db) : subject.db !== db) return false;
    if (subject.collection === undefined) return true;
    return subject.collection === collection && operation !== 'dropDatabase';
  }

  #take(entry: LogEntry): void {
    const { epoch, stages } = this.#options;
    const head = headOf(entry, epoch);
    if (stages.passes(head)) {
      const event = this.#encode(entry, head);
      this.#offer(stages.rest ? transformed(event, stages.rest) : event, entry, head, false);
    }
    if (!this.#invalidates(entry)) return;
    // The end of a stream is told whatever the pipeline says.
    const end = invalidateOf(entry, epoch);
    const told = encode(end);
    this.#offer((stages.rest && transformed(told, stages.rest)) ?? told, entry, end, true);
  }

  #encode(entry: LogEntry, head: Document): Buffer {
    const { without } = this.#options.stages;
    const images: [string, Buffer][] = [];
    const shown = { ...head };
    for (const name of without.head) delete shown[name];
    for (const [name, image] of Object.entries(imagesOf(entry, this.#options))) {
      if (image) images.push([name, without.images[name as Image]?.omit(image) ?? image]);
      else shown[name] = image;
    }
    return appendDocuments(encode(shown), images);
  }

  #offer(bytes: Buffer | null, { clusterTime }: LogEntry, event: Document, last: boolean): void {
    if (!bytes) return;
    if (bytes.length > MAX_EVENT_BYTES) {
      throw new MongoError(
        'BSONObjectTooLarge',
        `a change event of ${bytes.length} bytes is too large to be sent`,
      );
    }
    this.#ready.push({ bytes, token: event._id as Document, clusterTime, last });
  }

  #invalidates({ operation }: LogEntry): boolean {
    const { subject } = this.#options;
    if (subject.collection !== undefined) return operation === 'drop' || operation === 'dropDatabase';
    return subject.db !== undefined && operation === 'dropDatabase';
  }

  #findInvalidation(): void {
    for (const entry of this.#log.after(this.#position - 1n)) {
      if (entry.clusterTime === this.#position && this.#concerns(entry) && this.#invalidates(entry)) {
        const end = invalidateOf(entry, this.#options.epoch);
        this.#offer(encode(end), entry, end, true);
      }
      return;
    }
  }

  #news(operation: Operation, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        offCommit();
        offEnd();
        clearTimeout(timer);
        resolve();
      };
      const offCommit = this.#log.onceCommitted(done);
      const offEnd = operation.onEnd(done);
      const timer = setTimeout(done, Math.ceil(ms));
    });
  }
}

/** @throws MongoError 280 when the stages change the token */
function transformed(bytes: Buffer, rest: Transform): Buffer | null {
  const event = decode(bytes);
  const result = rest(event);
  if (result && !equalValues(result._id, event._id)) {
    throw new MongoError(
      'ChangeStreamFatalError',
      'Encountered an event whose _id field, which contains the resume token, was modified by the pipeline.',
      undefined,
      ['NonResumableChangeStreamError'],
    );
  }
  return result && encode(result);
}
