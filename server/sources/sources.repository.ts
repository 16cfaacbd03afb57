import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { IngestCounts } from '@svodka/shared/contracts/ingest';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import type { Connection, mongo } from 'mongoose';
import { touchedNow } from '../platform/context/request-context.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import {
  type SourceCodeDoc,
  type SourceDayDoc,
  type SourceDoc,
  type SourceErrorDoc,
  UNSET,
} from './source.schema.ts';

/** Refused lines that are kept of one module: whoever has more has one fault, not so many. */
const MOST_ERRORS = 1_000;

/** What is set for the modules, what was heard of them, and what of it was refused. */
@Injectable()
export class SourcesRepository {
  readonly #sources: mongo.Collection<SourceDoc>;
  readonly #days: mongo.Collection<SourceDayDoc>;
  readonly #errors: mongo.Collection<SourceErrorDoc>;
  readonly #codes: mongo.Collection<SourceCodeDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#sources = driverCollection(connection, 'sources');
    this.#days = driverCollection(connection, 'source_days');
    this.#errors = driverCollection(connection, 'source_errors');
    this.#codes = driverCollection(connection, 'source_codes');
  }

  settings(module: ConnectedModule): Promise<SourceDoc | null> {
    return this.#sources.findOne({ _id: module });
  }

  allSettings(): Promise<SourceDoc[]> {
    return this.#sources.find({}).toArray();
  }

  /** A person's change. */
  async set(module: ConnectedModule, changes: Partial<Omit<SourceDoc, '_id'>>): Promise<void> {
    const rest = Object.fromEntries(Object.entries(UNSET).filter(([field]) => !(field in changes)));
    await this.#sources.updateOne(
      { _id: module },
      { $set: { ...changes, ...touchedNow() }, $setOnInsert: rest },
      { upsert: true },
    );
  }

  /** What the watch finds; nobody's change. */
  async setSilent(module: ConnectedModule, from: Date | null, to: Date | null): Promise<void> {
    await this.#sources.updateOne({ _id: module, silentSince: from }, { $set: { silentSince: to } });
  }

  async replayed(module: ConnectedModule, from: Date): Promise<void> {
    await this.#sources.updateOne({ _id: module, replayFrom: from }, { $set: { replayFrom: null } });
  }

  /** Counts what a token has brought; nothing at all is a word too. */
  async heard(
    { tokenId, module, day, at }: Pick<SourceDayDoc, 'tokenId' | 'module' | 'day' | 'at'>,
    { lines: _, ...counts }: IngestCounts,
  ): Promise<void> {
    await this.#days.updateOne(
      { _id: `${tokenId}:${day}` },
      { $setOnInsert: { tokenId, module, day }, $max: { at }, $inc: counts },
      { upsert: true },
    );
  }

  /** The last day of each token on which it was heard. */
  async lastDays(tokenIds: readonly Id[]): Promise<Map<Id, SourceDayDoc>> {
    const found = await Promise.all(
      tokenIds.map((tokenId) => this.#days.find({ tokenId }).sort({ day: -1 }).limit(1).toArray()),
    );
    return new Map(found.flat().map((day) => [day.tokenId, day]));
  }

  /** The last word through any token; null: none yet. */
  async lastWord(module: ConnectedModule): Promise<Date | null> {
    const [day] = await this.#days.find({ module }).sort({ at: -1 }).limit(1).toArray();
    return day?.at ?? null;
  }

  async addErrors(errors: readonly SourceErrorDoc[]): Promise<void> {
    const [first] = errors;
    if (!first) return;
    const { module } = first;
    if (!(await this.#errors.findOne({ module }, { projection: { _id: 1 } })))
      await this.#sources.updateOne({ _id: module, errorsLetGo: { $gt: 0 } }, { $set: { errorsLetGo: 0 } });
    await this.#errors.bulkWrite(
      errors.map(({ _id, ...replacement }) => ({
        replaceOne: { filter: { _id }, replacement, upsert: true },
      })),
      { ordered: false },
    );
  }

  async dropErrors(ids: readonly Id[]): Promise<number> {
    if (ids.length === 0) return 0;
    return (await this.#errors.deleteMany({ _id: { $in: [...ids] } })).deletedCount;
  }

  async hasErrors(tokenId: Id): Promise<boolean> {
    return (await this.#errors.findOne({ tokenId }, { projection: { _id: 1 } })) !== null;
  }

  /** Lets the oldest go beyond the thousand, and counts them. */
  async trimErrors(module: ConnectedModule): Promise<void> {
    const beyondMost = await this.#errors
      .find({ module }, { projection: { _id: 1 } })
      .sort({ at: -1, _id: -1 })
      .skip(MOST_ERRORS)
      .limit(60_000)
      .toArray();
    const errorsLetGo = await this.dropErrors(beyondMost.map(({ _id }) => _id));
    if (errorsLetGo === 0) return;
    await this.#sources.updateOne(
      { _id: module },
      { $inc: { errorsLetGo }, $setOnInsert: UNSET },
      { upsert: true },
    );
  }

  countErrors(module: ConnectedModule): Promise<number> {
    return this.#errors.countDocuments({ module });
  }

  error(id: Id): Promise<SourceErrorDoc | null> {
    return this.#errors.findOne({ _id: id });
  }

  async errors(module: ConnectedModule | undefined, after: string | undefined, limit: number) {
    const found = await this.#errors
      .find({
        $and: [module ? { module } : {}, beyond('at', placeOf(after), 'desc')],
      } as mongo.Filter<SourceErrorDoc>)
      .sort({ at: -1, _id: -1 })
      .limit(limit + 1)
      .toArray();
    return pageOf(found, limit, ({ at }) => at);
  }

  async codes(module: ConnectedModule, codes: readonly string[]): Promise<Map<string, Id>> {
    if (codes.length === 0) return new Map();
    const ids = codes.map((code) => `${module}:${code}`);
    const found = await this.#codes.find({ _id: { $in: ids } }).toArray();
    return new Map(found.map(({ _id, counterpartyId }) => [_id.slice(module.length + 1), counterpartyId]));
  }

  async learnCodes(module: ConnectedModule, codes: ReadonlyMap<string, Id>): Promise<void> {
    if (codes.size === 0) return;
    await this.#codes.bulkWrite(
      [...codes].map(([code, counterpartyId]) => ({
        updateOne: {
          filter: { _id: `${module}:${code}` },
          update: { $set: { counterpartyId } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** Only where it still means this one. */
  async forgetCode(module: ConnectedModule, code: string, counterpartyId: Id): Promise<void> {
    await this.#codes.deleteOne({ _id: `${module}:${code}`, counterpartyId });
  }
}
