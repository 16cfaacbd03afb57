import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import {
  type ImportBatch,
  ImportCountsSchema,
  type ImportKind,
  type ImportMapping,
  type ImportRowError,
} from '@svodka/shared/contracts/import';
import mongoose, { type Connection, type Model } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type ImportDoc, type ImportErrorDoc, ImportErrorSchema, ImportSchema } from './import.schema.ts';
import { admit, type TableForm } from './reading/table.ts';

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Rows that did not go in are kept whole, so that they can be corrected and come back. */
export const MAX_KEPT_ERRORS = 20_000;
/** What one person may have waiting: files that were not started yet, or are being imported. */
const QUOTA = { files: 20, bytes: 256 * 1024 * 1024 };
/** Earlier imports among whose sources one is looked for. */
const MOST_EARLIER = 100;
const LEASE_MS = 30_000;
/** A file that nobody has started in this time is not wanted any more. */
const UPLOAD_LIVES_MS = 24 * 3_600_000;

/** What imports of earlier versions do not say. */
const BEFORE_DIALECTS = {
  dialect: null,
  sheets: [],
  doubts: [],
  badBytes: 0,
  survey: [],
  source: null,
  anew: null,
  keyBy: null,
};
const BEFORE_SOURCES = {
  kind: 'events',
  order: null,
  words: {},
  source: null,
  sameNumbers: false,
  update: false,
  restore: false,
  alike: 'ask',
} as const;
export const NO_COUNTS = Object.fromEntries(
  Object.keys(ImportCountsSchema.shape).map((name) => [name, 0]),
) as ImportBatch['counts'];

/** What a runner has in hand. */
const AT_WORK: ImportBatch['state'][] = ['checking', 'running', 'undoing'];

const READ_AS = [
  'columns',
  'survey',
  'columnsKey',
  'source',
  'anew',
  'dialect',
  'sheets',
  'doubts',
  'badBytes',
  'preset',
  'mapping',
  'checkedAt',
  'counts',
] as const;

export const toBatch = ({
  _id,
  leaseUntil,
  startedAt,
  finishedAt,
  createdAt,
  checkedAt,
  columnsKey: _columns,
  undoneBy: _undoer,
  touched: _touched,
  counts,
  mapping,
  ...rest
}: ImportDoc): ImportBatch => ({
  id: _id,
  ...BEFORE_DIALECTS,
  ...rest,
  counts: { ...NO_COUNTS, ...counts },
  mapping: mapping && { ...BEFORE_SOURCES, ...mapping },
  startedAt: startedAt?.toISOString() ?? null,
  finishedAt: finishedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
  checkedAt: checkedAt?.toISOString() ?? null,
});

/** What is needed to read its rows. @throws conflict of a batch that an earlier version took in */
export function formOf({ dialect, sheets, columns, badBytes }: ImportBatch): TableForm {
  if (!dialect) throw new AppError('conflict', 'taken in by an earlier version');
  return { dialect, sheets, columns, badBytes };
}

/**
 * Batches, their files and their row errors. A batch moves by guarded updates only, and whoever runs it names the
 * version that they know: a runner that has lost its batch to another one, or to somebody who cancelled it, finds out
 * with its next step.
 */
@Injectable()
export class ImportRepository {
  readonly #batches: Model<ImportDoc>;
  readonly #errors: Model<ImportErrorDoc>;
  readonly #files: mongoose.mongo.GridFSBucket;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly clock: Clock,
  ) {
    this.#batches = connection.model<ImportDoc>('Import', ImportSchema);
    this.#errors = connection.model<ImportErrorDoc>('ImportError', ImportErrorSchema);
    if (!connection.db) throw new Error('the connection is not open');
    this.#files = new mongoose.mongo.GridFSBucket(connection.db, { bucketName: 'importFiles' });
  }

  /**
   * The body is left where it stands when it is refused: whoever answers reads it to its end.
   * @throws too-large, also when the person has too much waiting; nothing of the file is left then
   */
  async saveFile(
    { id, userId, name }: { id: string; userId: string; name: string },
    body: Readable,
  ): Promise<void> {
    const room = QUOTA.bytes - (await this.#waiting(userId));
    const target = this.#files.openUploadStreamWithId(id as never, name, { metadata: { userId } });
    const whole = takeNoMoreThan(Math.min(room, MAX_FILE_BYTES), room < MAX_FILE_BYTES);
    try {
      await pipeline(body.iterator({ destroyOnReturn: false }), whole, admit, target);
    } catch (error) {
      await target.abort().catch(() => {}); // already gone when the stream aborted itself
      throw error;
    }
  }

  /** Bytes that a person has waiting. @throws too-large when there are too many files */
  async #waiting(userId: string): Promise<number> {
    const files = await this.#files.find({ 'metadata.userId': userId }).limit(QUOTA.files).toArray();
    if (files.length >= QUOTA.files) throw new AppError('too-large', '#import-quota');
    return files.reduce((sum, { length }) => sum + length, 0);
  }

  file(id: string): Readable {
    return this.#files.openDownloadStream(id as never);
  }

  /** One that is gone already is no fault. */
  async deleteFile(id: string): Promise<void> {
    await this.#files.delete(id as never).catch((error: unknown) => {
      if (!(error instanceof mongoose.mongo.MongoRuntimeError)) throw error;
    });
  }

  async create(batch: Omit<ImportDoc, 'leaseUntil' | 'version'>): Promise<ImportBatch> {
    const doc: ImportDoc = { ...batch, ...touchedNow(), leaseUntil: null, version: 1 };
    await this.#batches.collection.insertOne(doc as never);
    return toBatch(doc);
  }

  /** @throws not-found */
  async get(id: string): Promise<ImportBatch> {
    const doc = await this.#batches.findById(id).lean<ImportDoc>();
    if (!doc) throw new AppError('not-found', `no import ${id}`);
    return toBatch(doc);
  }

  async list(after: string | undefined, limit: number): Promise<Page<ImportBatch>> {
    const found = await this.#batches
      .find(beyond('createdAt', placeOf(after), 'desc'))
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<ImportDoc[]>();
    const { docs, next } = pageOf(found, limit, ({ createdAt }) => createdAt);
    return { items: docs.map(toBatch), next };
  }

  /** Reads an uploaded file another way. @throws conflict when it has been started before */
  async readAs(id: string, read: Pick<ImportDoc, (typeof READ_AS)[number]>): Promise<ImportBatch> {
    const change = Object.fromEntries(READ_AS.map((field) => [field, read[field]]));
    return this.#notStarted(id, change);
  }

  /** Takes an uploaded batch to run, or only to be compared. @throws conflict when it has been started before */
  async start(id: string, mapping: ImportMapping, state: 'running' | 'checking'): Promise<ImportBatch> {
    const now = this.clock.now();
    const before = await this.get(id);
    const source = mapping.source ?? before.source;
    const change = {
      state,
      mapping: { ...mapping, source },
      source,
      startedAt: now,
      leaseUntil: this.#lease(),
      counts: { ...NO_COUNTS, decided: before.counts.decided },
      ...touchedNow(),
    } as const;
    return this.#notStarted(id, change);
  }

  /** Takes over a running batch that its process left behind; null when there is none. */
  async takeLeft(): Promise<ImportBatch | null> {
    const doc = await this.#batches
      .findOneAndUpdate(
        { state: { $in: AT_WORK }, leaseUntil: { $lt: this.clock.now() } },
        { $set: { leaseUntil: this.#lease() }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      )
      .lean<ImportDoc>();
    return doc && toBatch(doc);
  }

  /** Counts a step and renews the lease. @returns null when the batch is not the runner's any more */
  async advance(batch: ImportBatch, counts: ImportBatch['counts']): Promise<ImportBatch | null> {
    return this.#move(held(batch), { counts, leaseUntil: this.#lease() });
  }

  /** How the records of a source are told apart, once it is known. @returns null when it is not the runner's any more */
  async decide(batch: ImportBatch, keyBy: ImportBatch['keyBy']): Promise<ImportBatch | null> {
    return this.#move(held(batch), { keyBy });
  }

  /** The newest other import into a source, or of the same columns. */
  async latest(where: { source: string } | { columnsKey: string }, but: string): Promise<ImportDoc | null> {
    return this.#batches
      .findOne({ ...where, _id: { $ne: but }, startedAt: { $ne: null }, state: { $ne: 'undone' } })
      .sort({ createdAt: -1 })
      .lean<ImportDoc>();
  }

  /** The sources of the newest other imports of the same columns, the newest first. */
  async sourcesOf(columnsKey: string, but: string): Promise<string[]> {
    const docs = await this.#batches
      .find(
        { columnsKey, _id: { $ne: but }, startedAt: { $ne: null }, state: { $ne: 'undone' } },
        { source: 1 },
      )
      .sort({ createdAt: -1 })
      .limit(MOST_EARLIER)
      .lean<Pick<ImportDoc, 'source'>[]>();
    return [...new Set(docs.flatMap(({ source }) => source ?? []))];
  }

  /** How the records of a kind are told apart in a source; null: no other import has decided it. */
  async keyByOf(source: string, kind: ImportKind, but: string): Promise<ImportBatch['keyBy']> {
    const doc = await this.#batches
      .findOne({
        source,
        _id: { $ne: but },
        keyBy: { $ne: null },
        state: { $ne: 'undone' },
        // Those of earlier versions are of events and do not say so.
        'mapping.kind': kind === 'events' ? { $in: ['events', null] } : kind,
      })
      .sort({ createdAt: -1 })
      .lean<ImportDoc>();
    return doc?.keyBy ?? null;
  }

  /** Begins to take back what a batch brought. @throws conflict while it runs, and of one that was taken back */
  async beginUndo(id: string, by: string): Promise<ImportBatch> {
    const change = { state: 'undoing', undoneBy: by, leaseUntil: this.#lease(), ...touchedNow() } as const;
    const doc = await this.#move({ _id: id, state: { $in: ['done', 'failed', 'cancelled'] } }, change);
    if (!doc) throw new AppError('conflict', 'not to be taken back now', [], { current: await this.get(id) });
    return doc;
  }

  async undoer(id: string): Promise<string> {
    const doc = await this.#batches.findById(id, { undoneBy: 1, createdBy: 1 }).lean<ImportDoc>();
    return doc?.undoneBy ?? doc?.createdBy ?? '';
  }

  async finishUndo(batch: ImportBatch): Promise<ImportBatch | null> {
    return this.#move(held(batch), { state: 'undone', leaseUntil: null });
  }

  /** The whole file has been compared: it waits to be started, or to be compared again. */
  async finishCheck(batch: ImportBatch, counts: ImportBatch['counts']): Promise<ImportBatch | null> {
    return this.#move(held(batch), {
      state: 'uploaded',
      counts,
      checkedAt: this.clock.now(),
      startedAt: null,
      leaseUntil: null,
    });
  }

  /** Of how many rows somebody has said something. @throws conflict when it is under way */
  async decided(id: string, decided: number): Promise<ImportBatch> {
    const { counts } = await this.get(id);
    return this.#notStarted(id, { counts: { ...counts, decided } });
  }

  /** Ends a batch, and with it its file. @returns null when it is not the runner's any more */
  async finish(
    batch: ImportBatch,
    counts: ImportBatch['counts'],
    failure: string | null,
  ): Promise<ImportBatch | null> {
    const state = failure === null ? 'done' : 'failed';
    const ended = { state, counts, failure, finishedAt: this.clock.now(), leaseUntil: null } as const;
    const done = await this.#move(held(batch), ended);
    if (done) await this.deleteFile(batch.id);
    return done;
  }

  /** Stops an uploaded or running batch; what was imported stays, the file goes. A finished one is returned as it is. */
  async cancel(id: string): Promise<ImportBatch> {
    const change = {
      state: 'cancelled',
      finishedAt: this.clock.now(),
      leaseUntil: null,
      ...touchedNow(),
    } as const;
    const cancelled = await this.#move(
      { _id: id, state: { $in: ['running', 'uploaded', 'checking'] } },
      change,
    );
    if (cancelled) await this.deleteFile(id);
    return cancelled ?? this.get(id);
  }

  /** Cancels what was uploaded long ago and never started. */
  async dropForgotten(): Promise<void> {
    const createdAt = { $lt: new Date(this.clock.now().getTime() - UPLOAD_LIVES_MS) };
    const forgotten = await this.#batches
      .find({ state: 'uploaded', createdAt }, { _id: 1 })
      .limit(100)
      .lean();
    for (const { _id } of forgotten) await this.cancel(_id);
  }

  /** Keeps errors under ids made of their place, so that a batch taken over does not double them. */
  async addErrors(batchId: string, errors: ImportRowError[]): Promise<void> {
    if (errors.length === 0) return;
    await this.#errors.bulkWrite(
      errors.map((error) => {
        const _id = `${batchId}:${error.line}:${error.column}`;
        return { replaceOne: { filter: { _id }, replacement: { ...error, batchId }, upsert: true } };
      }),
      { ordered: false },
    );
  }

  async errors(batchId: string, after: string | undefined, limit: number): Promise<Page<ImportRowError>> {
    const [line, id] = after === undefined ? [0, ''] : unpackKeyset(after, ['number', 'string'] as const);
    const docs = await this.#errors
      .find({ batchId, $or: [{ line: { $gt: line } }, { line, _id: { $gt: id } }] })
      .sort({ line: 1, _id: 1 })
      .limit(limit)
      .lean<ImportErrorDoc[]>();
    const last = docs.length === limit ? docs.at(-1) : undefined;
    return {
      items: docs.map(({ line, column, reason, value, values }) => ({
        line,
        column,
        reason,
        value,
        ...(values && { values }),
      })),
      next: last ? packKeyset([last.line, last._id]) : null,
    };
  }

  #lease(): Date {
    return new Date(this.clock.now().getTime() + LEASE_MS);
  }

  async #notStarted(id: string, change: Partial<ImportDoc>): Promise<ImportBatch> {
    const doc = await this.#move({ _id: id, state: 'uploaded' }, change);
    if (doc) return doc;
    throw new AppError('conflict', 'this import was started before', [], { current: await this.get(id) });
  }

  async #move(
    from: mongoose.QueryFilter<ImportDoc>,
    change: Partial<ImportDoc>,
  ): Promise<ImportBatch | null> {
    const doc = await this.#batches
      .findOneAndUpdate(from, { $set: change, $inc: { version: 1 } }, { returnDocument: 'after' })
      .lean<ImportDoc>();
    return doc && toBatch(doc);
  }
}

/** Passes a body on, up to so many bytes. */
const takeNoMoreThan = (most: number, isQuota: boolean) =>
  async function* (body: AsyncIterable<Buffer>) {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > most)
        throw new AppError('too-large', isQuota ? '#import-quota' : 'the file is over 64 MiB');
      yield chunk;
    }
  };

const held = ({ id, version }: ImportBatch) => ({
  _id: id,
  version,
  state: { $in: AT_WORK },
});
