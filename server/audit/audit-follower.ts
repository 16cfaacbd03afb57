import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Document } from 'mongodb';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from '../platform/mongo/answered-in-time.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { AuditRepository } from './audit.repository.ts';
import type { AuditDraft } from './audit.schema.ts';
import { type AuditChange, deriveRecords } from './derive.ts';

/** Texts and secrets stay in the store: the log derives from names of fields, ids and codes. */
const UNUSED = [
  'revisions',
  'body',
  'title',
  'payload',
  'terms',
  'passwordHash',
  'tokenHash',
  'name',
  'note',
  'asked',
];
const PIPELINE: Document[] = [
  {
    $match: {
      $or: [
        { 'ns.coll': { $in: ['users', 'sessions', 'projects', 'counterparties', 'imports'] } },
        // Of the many writes of these two only a deletion and its undoing are told.
        {
          'ns.coll': { $in: ['events', 'comments'] },
          operationType: 'update',
          'updateDescription.updatedFields.deletedAt': { $exists: true },
        },
      ],
    },
  },
  { $unset: UNUSED.flatMap((field) => [`fullDocument.${field}`, `fullDocumentBeforeChange.${field}`]) },
];
/** The log no longer reaches back to the position, or the position is not one of this log. */
const LOST = new Set([286, 280, 260, 40573, 10334]);
const BATCH = 200;
const SAVE_EVERY_MS = 1_000;
const SAVE_IDLE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 15_000;

type PositionDoc = { _id: string; token: mongo.ResumeToken };
const POSITION = 'audit.position';

/**
 * Derives what the access log tells of changes from the change log, so that no service can forget to, and nothing that
 * was acknowledged is missing after a crash.
 *
 * Order: as in the log; the position is stored after the records. Concurrency: every node follows; a record's key
 * comes from its change, so it stands there once. Shutdown: the stream is closed and the batch at hand is finished.
 */
@Injectable()
export class AuditFollower implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #stop = new AbortController();
  readonly #positions: mongo.Collection<PositionDoc>;
  #stream: mongo.ChangeStream | null = null;
  #loop: Promise<void> = Promise.resolve();
  #isFollowing = false;

  constructor(
    @Inject(MONGO) private readonly connection: Connection,
    private readonly records: AuditRepository,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'audit' });
    this.#positions = driverCollection<PositionDoc>(connection, 'settings');
  }

  /** For readiness. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  onApplicationBootstrap(): void {
    this.#loop = this.#run();
  }

  async onModuleDestroy(): Promise<void> {
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
        this.#log.warn('the access log lost the change log and goes on from its position', { err });
        if (LOST.has((err as { code?: number }).code ?? 0)) await this.#goOnFromNow();
      } finally {
        this.#isFollowing = false;
        await this.#stream?.close().catch(() => undefined);
      }
      const ms = Math.min(200 * 2 ** failures, LONGEST_PAUSE_MS);
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What lies between cannot be told any more; that it is missing can. */
  async #goOnFromNow(): Promise<void> {
    await this.records.append([this.#note('log.gap')]).catch(() => undefined);
    await this.#positions.deleteOne({ _id: POSITION }).catch(() => undefined);
  }

  #note(what: 'log.began' | 'log.gap'): AuditDraft {
    const key = what === 'log.began' ? { key: what } : {};
    return { at: this.clock.now(), who: null, what, object: null, from: null, details: {}, ...key };
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { signal } = this.#stop;
    const position = (await this.#positions.findOne({ _id: POSITION }))?.token;
    const stream = this.connection.db?.watch(PIPELINE, {
      fullDocument: 'whenAvailable',
      fullDocumentBeforeChange: 'whenAvailable',
      maxAwaitTimeMS: 1_000,
      ...(position ? { resumeAfter: position } : {}),
    });
    if (!stream) throw new Error('not connected');
    this.#stream = stream;
    const next = () => answeredInTime(stream.tryNext(), STREAM_SILENCE_MS, 'the stream of the access log');
    let document: Document | null = await next();
    if (!position) await this.records.append([this.#note('log.began')]);
    let savedAt = position ? performance.now() : 0;
    let isBehind = !position;
    this.#isFollowing = true;
    onProgress();
    let batch: AuditDraft[] = [];
    while (!signal.aborted) {
      if (document) batch.push(...deriveRecords(toChange(document, this.clock.now())));
      if (!document || batch.length >= BATCH || stream.bufferedCount() === 0) {
        if (batch.length > 0) {
          await this.records.append(batch);
          batch = [];
          isBehind = true;
        }
        const since = performance.now() - savedAt;
        if ((isBehind && (!document || since > SAVE_EVERY_MS)) || since > SAVE_IDLE_MS) {
          const token = document ? document._id : stream.resumeToken;
          await this.#positions.updateOne({ _id: POSITION }, { $set: { token } }, { upsert: true });
          savedAt = performance.now();
          isBehind = false;
        }
      }
      document = await next();
      if (stream.closed && !signal.aborted) throw new Error('the change stream closed without an error');
    }
  }
}

function toChange(document: Document, now: Date): AuditChange {
  const { updatedFields = {}, removedFields = [] } = document.updateDescription ?? {};
  return {
    key: String(document._id._data),
    at: document.wallTime ?? now,
    collection: document.ns?.coll ?? '',
    kind: document.operationType,
    id: String(document.documentKey?._id ?? ''),
    before: document.fullDocumentBeforeChange ?? null,
    after: document.fullDocument ?? null,
    changed: [...Object.keys(updatedFields), ...removedFields],
  };
}
