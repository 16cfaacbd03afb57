import type { OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import type { Connection, Model, mongo, Schema } from 'mongoose';
import type { ChangeBus } from '../changes/change-bus.ts';
import { LiveDocuments } from '../changes/live-documents.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { searchQuery } from '../platform/mongo/search-query.ts';
import type { Vocabulary } from '../platform/mongo/vocabulary.ts';
import type { Entry } from './entry.ts';

type Query = Record<string, unknown>;

export type ListAsk = {
  /** Restricts to what the asker may see; `{}`: everything. */
  scope: Query;
  search: string | undefined;
  /** Without what stands on cards that the asker may not see. */
  openly?: true | undefined;
  ids: readonly Id[] | undefined;
  after: Id | null;
  limit: number;
};

/** What projects and counterparties have in common in the store: newest first, searched by words, rewritten events. */
export abstract class EntriesRepository<D extends Entry> implements OnModuleInit {
  /** As they were within the last second, mostly from memory. */
  readonly live: LiveDocuments<D>;
  protected readonly model: Model<D>;
  protected readonly raw: mongo.Collection<D>;

  constructor(
    connection: Connection,
    protected readonly vocabulary: Vocabulary,
    private readonly bus: ChangeBus,
    name: string,
    schema: Schema<D>,
    collection: string,
  ) {
    this.model = connection.model<D>(name, schema);
    this.raw = driverCollection<D>(connection, collection);
    this.live = new LiveDocuments<D>(collection, bus, (ids) => this.byIds(ids));
  }

  onModuleInit(): void {
    this.bus.register(this.live);
  }

  get(id: Id, scope: Query = {}): Promise<D | null> {
    return this.raw.findOne({ $and: [{ _id: id }, scope] } as mongo.Filter<D>) as Promise<D | null>;
  }

  byIds(ids: readonly Id[], scope: Query = {}): Promise<D[]> {
    if (ids.length === 0) return Promise.resolve([]);
    // On the way of every write, so past mongoose: ids and scopes need no casting.
    const query = { $and: [{ _id: { $in: [...ids] } }, scope] } as mongo.Filter<D>;
    return this.raw.find(query).toArray() as Promise<D[]>;
  }

  async list({ scope, search, openly, ids, after, limit }: ListAsk): Promise<D[]> {
    const found = await searchQuery(this.vocabulary, search, { openly });
    if (!found) return [];
    const conditions: Query[] = [scope, ...found];
    if (ids) conditions.push({ _id: { $in: [...ids] } });
    if (after) conditions.push({ _id: { $lt: after } });
    return this.model.find({ $and: conditions }).sort({ _id: -1 }).limit(limit).lean<D[]>().exec();
  }

  /** How many the list has: exact up to `limit`, then a lower bound. */
  async countFound(
    { scope, search, openly }: Pick<ListAsk, 'scope' | 'search' | 'openly'>,
    limit: number,
  ): Promise<Count> {
    const found = await searchQuery(this.vocabulary, search, { openly });
    if (!found) return { n: 0, exact: true };
    const query = { $and: [scope, ...found] } as unknown as mongo.Filter<D>;
    const n = await this.raw.countDocuments(query, { limit: limit + 1 });
    return { n: Math.min(n, limit), exact: n <= limit };
  }

  /** False: its id or number is taken. */
  async insert(doc: D): Promise<boolean> {
    await this.vocabulary.learn(doc.terms);
    try {
      await this.raw.insertOne({ ...doc, ...touchedNow() } as mongo.OptionalUnlessRequiredId<D>);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Inserts what is not there yet. @returns how many were new */
  async insertMany(docs: D[]): Promise<number> {
    await this.vocabulary.learn(docs.flatMap(({ terms }) => terms));
    return insertNew(this.raw, docs);
  }

  /**
   * Writes if the entry is still at `version`; null: it is not.
   * @param only what else must be true of it
   * @throws a duplicate key error when a number is taken
   */
  async update(id: Id, version: number, changes: Partial<D>, only: Query = {}): Promise<D | null> {
    await this.vocabulary.learn(changes.terms ?? []);
    const written = await this.model
      .findOneAndUpdate(
        { ...only, _id: id, version },
        { $set: { ...changes, ...touchedNow() }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      )
      .lean<D>()
      .exec();
    this.live.forget(id);
    return written as D | null;
  }

  /** Takes it away for good, if it is still at `version`. */
  async remove(id: Id, version: number): Promise<boolean> {
    const { deletedCount } = await this.raw.deleteOne({ _id: id, version } as mongo.Filter<D>);
    this.live.forget(id);
    return deletedCount === 1;
  }

  /** Entries whose events are still to be rewritten. */
  waiting(limit: number): Promise<D[]> {
    return this.model
      .find({ rewrite: { $exists: true } })
      .limit(limit)
      .lean<D[]>()
      .exec();
  }

  /** The events follow the entry as it was at `mark`; a later change keeps its own mark. */
  async rewritten(id: Id, mark: string): Promise<void> {
    await this.raw.updateOne(
      { _id: id, rewrite: mark } as mongo.Filter<D>,
      { $unset: { rewrite: '', taken: '', leaves: '' } } as never,
    );
    this.live.forget(id);
  }
}
