import { Inject, Injectable } from '@nestjs/common';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { ProjectStatus } from '@svodka/shared/contracts/order-codes';
import type { Count } from '@svodka/shared/feed/feed';
import type { PriorFact } from '@svodka/shared/rules/orders/facts';
import type { Connection, mongo } from 'mongoose';
import { ChangeBus } from '../../changes/change-bus.ts';
import { EntriesRepository } from '../../entries/entries.repository.ts';
import { touchedNow } from '../../platform/context/request-context.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';
import { searchQuery } from '../../platform/mongo/search-query.ts';
import { Vocabulary } from '../../platform/mongo/vocabulary.ts';
import { bySpelling, spelled } from './order-spellings.ts';
import { type TableAsk, tableQuery } from './orders-list.ts';
import {
  type LineDoc,
  type ListedProject,
  type PlainProject,
  PRIOR_DAY,
  type ProjectDoc,
  ProjectSchema,
} from './project.schema.ts';

type Counter = { _id: string; last: number };
/** What of an order says how much it is, and to whom. */
export type OrderSums = Pick<ProjectDoc, '_id' | 'managerId' | 'appointedIds'> & {
  line: Pick<LineDoc, 'money' | 'flags'>;
};

/** What of an order's card says what it costs, and what lay behind it. */
export type PricedOrder = Pick<ProjectDoc, '_id' | 'amountKop' | 'prior' | 'tz' | 'createdAt'>;

/** What of an order a table says too. */
export type ComparedOrder = Pick<
  ProjectDoc,
  '_id' | 'number' | 'numberKey' | 'amountKop' | 'objectAddress' | 'template'
> & {
  line: Pick<LineDoc, 'money' | 'milestones'>;
};

const SUMS_PATIENCE_MS = 4_000;

/** The index itself gives the nearest day first: a sort by a list asks for its least, which may be long past. */
export function dueQuery(
  from: string,
  to: string,
  conditions: readonly Record<string, unknown>[],
  limit: number,
): [mongo.Filter<ProjectDoc>, mongo.FindOptions] {
  const days = { 'line.keys.days': { $elemMatch: { $gte: from, $lte: to } } };
  return [
    { $and: [days, ...conditions] } as mongo.Filter<ProjectDoc>,
    { hint: { 'line.keys.days': 1 }, limit },
  ];
}

@Injectable()
export class ProjectsRepository extends EntriesRepository<ProjectDoc> {
  readonly #settings: mongo.Collection<Counter>;

  constructor(@Inject(MONGO) connection: Connection, vocabulary: Vocabulary, bus: ChangeBus) {
    super(connection, vocabulary, bus, 'Project', ProjectSchema, 'projects');
    this.#settings = driverCollection<Counter>(connection, 'settings');
  }

  /** The next number for an order that nobody has numbered. Once taken it is never given again. */
  async takeNumber(): Promise<string> {
    const counter = await this.#settings.findOneAndUpdate(
      { _id: 'project-number' },
      { $inc: { last: 1 } },
      { upsert: true, returnDocument: 'after' },
    );
    return `П-${String(counter?.last ?? 1).padStart(4, '0')}`;
  }

  /** Of the orders of some numbers no more than a table is compared with, by the numbers as they are asked. */
  async compared(numbers: readonly string[]): Promise<Map<string, ComparedOrder>> {
    const projection = {
      number: 1,
      numberKey: 1,
      amountKop: 1,
      objectAddress: 1,
      template: 1,
      'line.money': 1,
      'line.milestones': 1,
    };
    const found = await this.raw.find(spelled(numbers), { projection }).toArray();
    return bySpelling(numbers, found as ComparedOrder[]);
  }

  /** Of some orders what their cards say of money. */
  priced(ids: readonly Id[]): Promise<PricedOrder[]> {
    const of = { amountKop: 1, prior: 1, tz: 1, createdAt: 1 };
    return this.raw
      .find({ _id: { $in: [...ids] } } as mongo.Filter<ProjectDoc>, { projection: of })
      .toArray() as Promise<unknown> as Promise<PricedOrder[]>;
  }

  /** Orders by the numbers that are asked, however those are written. */
  async byNumbers(numbers: readonly string[]): Promise<Map<string, ProjectDoc>> {
    return bySpelling(numbers, (await this.raw.find(spelled(numbers)).toArray()) as ProjectDoc[]);
  }

  /** The ids of orders by the numbers that are asked, however those are written. */
  async idsByNumber(numbers: readonly string[]): Promise<Map<string, Id>> {
    const projection = { number: 1, numberKey: 1 };
    const found = bySpelling(numbers, await this.raw.find(spelled(numbers), { projection }).toArray());
    return new Map([...found].map(([number, { _id }]) => [number, _id]));
  }

  plainByIds(ids: readonly Id[]): Promise<PlainProject[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const projection = { line: 0, chainEdits: 0, announced: 0, prior: 0 };
    return this.raw.find({ _id: { $in: [...ids] } } as mongo.Filter<ProjectDoc>, { projection }).toArray();
  }

  /** Orders whose card names a day of a period for their installation. */
  async plannedByCard(from: string, to: string, limit: number): Promise<Id[]> {
    const days = { prior: { $elemMatch: { 'payload.startOn': { $gte: from, $lte: to } } } };
    const found = await this.raw
      .find(days as mongo.Filter<ProjectDoc>, { projection: { _id: 1 }, hint: PRIOR_DAY, limit })
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** Puts what lay behind orders on their cards. */
  async writePrior(writes: { of: ProjectDoc; prior: PriorFact[] }[]): Promise<void> {
    if (writes.length === 0) return;
    await this.raw.bulkWrite(
      writes.map(({ of: { _id }, prior }) => ({
        updateOne: {
          filter: { _id },
          update: { $set: { prior, ...touchedNow() }, $inc: { version: 1 } },
        },
      })) as mongo.AnyBulkWriteOperation<ProjectDoc>[],
      { ordered: false },
    );
    for (const { of } of writes) this.live.forget(of._id);
  }

  /** The newest orders of some customers. */
  newestOf(counterpartyIds: readonly Id[], limit: number): Promise<ProjectDoc[]> {
    return this.model
      .find({ counterpartyId: { $in: [...counterpartyIds] } })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<ProjectDoc[]>()
      .exec();
  }

  /** Orders that are found by every one of these whole words; the first is the one looked up. */
  foundBy(words: readonly string[], limit: number): Promise<ProjectDoc[]> {
    const [first, ...rest] = words;
    return this.model
      .find({ terms: first, ...(rest.length > 0 && { $and: rest.map((terms) => ({ terms })) }) })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<ProjectDoc[]>()
      .exec();
  }

  /** Orders of a customer, and those that were while it stood for itself, by id after `after`. */
  ofCounterparty(counterpartyId: Id, after: Id | null, limit: number): Promise<ProjectDoc[]> {
    return this.model
      .find({
        $or: [{ counterpartyId }, { namedCounterpartyId: counterpartyId }],
        ...(after && { _id: { $gt: after } }),
      })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<ProjectDoc[]>()
      .exec();
  }

  sumsOf(counterpartyId: Id, scope: Record<string, unknown>, limit: number): Promise<OrderSums[]> {
    return this.raw
      .find({ $and: [{ counterpartyId }, scope] } as mongo.Filter<ProjectDoc>, {
        projection: { managerId: 1, appointedIds: 1, 'line.money': 1, 'line.flags': 1 },
        limit,
        maxTimeMS: SUMS_PATIENCE_MS,
      })
      .toArray() as Promise<unknown> as Promise<OrderSums[]>;
  }

  /**
   * Sets what an order takes from its customer, if it is still at `version`, for its events to follow; whoever has
   * changed it meanwhile has looked anew. Another customer is another version, other words are not.
   */
  async setCustomer(
    id: Id,
    version: number,
    changes: Pick<ProjectDoc, 'terms'> & Partial<Pick<ProjectDoc, 'counterpartyId' | 'namedCounterpartyId'>>,
  ): Promise<void> {
    await this.vocabulary.learn(changes.terms);
    await this.raw.updateOne(
      { _id: id, version },
      {
        $set: { ...changes, rewrite: newId() },
        $inc: { version: 'counterpartyId' in changes ? 1 : 0 },
      },
    );
    this.live.forget(id);
  }

  /**
   * Keeps what was told of an order that has still the line of which it was told; else what is to be looked at again.
   * @returns whether it has
   */
  async writeAnnounced(of: ProjectDoc, ids: string[], doubted: string[]): Promise<boolean> {
    const { matchedCount } = await this.raw.updateOne(
      { _id: of._id, 'line.version': of.line.version } as mongo.Filter<ProjectDoc>,
      { $set: { announced: ids } } as never,
    );
    if (matchedCount === 0)
      await this.raw.updateOne({ _id: of._id }, { $set: { announced: doubted } } as never);
    return matchedCount > 0;
  }

  /** One page of the table of orders. */
  async table(ask: TableAsk): Promise<ListedProject[]> {
    const found = await this.#found(ask);
    if (!found) return [];
    const [filter, options] = tableQuery(ask, found);
    return this.raw.find(filter as mongo.Filter<ProjectDoc>, options).toArray() as Promise<ListedProject[]>;
  }

  /** How many rows the table has: exact up to `limit`, then a lower bound. */
  async count(ask: Omit<TableAsk, 'after' | 'limit'>, limit: number): Promise<Count> {
    const found = await this.#found(ask);
    if (!found) return { n: 0, exact: true };
    const [filter, { maxTimeMS, hint }] = tableQuery({ ...ask, after: null, limit }, found);
    const options = { limit: limit + 1, ...(maxTimeMS && { maxTimeMS }), ...(hint && { hint }) };
    const n = await this.raw.countDocuments(filter as mongo.Filter<ProjectDoc>, options);
    return { n: Math.min(n, limit), exact: n <= limit };
  }

  /** What the words ask; null: a word that nothing has. */
  async #found({
    words,
    openly,
  }: Pick<TableAsk, 'words' | 'openly'>): Promise<Record<string, unknown>[] | null> {
    const found: Record<string, unknown>[] = [];
    for (const each of words) {
      const asked = await searchQuery(this.vocabulary, each, { openly });
      if (!asked) return null;
      found.push(...asked);
    }
    return found;
  }

  /** Orders with something to be done by a day of a period. */
  dueWithin(
    { from, to }: { from: string; to: string },
    conditions: Record<string, unknown>[],
    limit: number,
  ): Promise<ProjectDoc[]> {
    return this.raw.find(...dueQuery(from, to, conditions, limit)).toArray() as Promise<ProjectDoc[]>;
  }

  /** Those whose line is another one by now, though nothing has happened. */
  stale(now: Date, limit: number): Promise<Id[]> {
    return this.#idsOf({ 'line.staleAt': { $lte: now } }, { 'line.staleAt': 1 }, limit);
  }

  /** Orders by id, after `after`; with `rules`: of those, the lines that other rules made. */
  async ordersAfter(after: Id | null, limit: number, rules?: number): Promise<Id[]> {
    const place = after ? { _id: { $gt: after } } : {};
    if (rules === undefined) return this.#idsOf(place, { _id: 1 }, limit);
    return this.#idsOf({ 'line.rules': { $lt: rules } }, { 'line.rules': 1, _id: 1 }, limit);
  }

  async #idsOf(filter: Record<string, unknown>, sort: mongo.Sort, limit: number): Promise<Id[]> {
    const found = await this.raw
      .find(filter as mongo.Filter<ProjectDoc>, { projection: { _id: 1 }, sort, limit })
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** Writes lines of orders that are as they were when their events were read. @returns how many there were */
  async writeLines(writes: { of: ProjectDoc; line: LineDoc; status: ProjectStatus }[]): Promise<number> {
    if (writes.length === 0) return 0;
    const { matchedCount } = await this.raw.bulkWrite(
      writes.map(({ of, line, status }) => ({
        updateOne: {
          filter: { _id: of._id, version: of.version, 'line.version': of.line.version },
          update: { $set: { line, status } },
        },
      })) as mongo.AnyBulkWriteOperation<ProjectDoc>[],
      { ordered: false },
    );
    return matchedCount;
  }
}
