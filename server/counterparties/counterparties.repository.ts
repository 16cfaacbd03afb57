import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { ChangeBus } from '../changes/change-bus.ts';
import { EntriesRepository } from '../entries/entries.repository.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { type CounterpartyDoc, CounterpartySchema } from './counterparty.schema.ts';

/** Who is found by the phones and tax numbers of a hundred lines, or by likeness; more is one phone on every card. */
export const MOST_ALIKE = 2_000;

type Counter = { _id: string; last: number };
/** What of an order says whose customer somebody is. */
type Order = { _id: Id; managerId: Id | null; appointedIds: Id[]; counterpartyId: Id | null };

/** So many times one is led on to another; more would be a circle. */
const MOST_STEPS = 20;

/** Counterparties and what they stand for. */
export type Standing = {
  /** Those asked for, and those that they lead to. */
  docs: ReadonlyMap<Id, CounterpartyDoc>;
  /** Whom one leads to, one after the other; the last stands. Empty: it stands for itself. */
  chainOf(id: Id): Id[];
};

/** Follows those at hand to what they stand for. */
export function standingOf(docs: ReadonlyMap<Id, CounterpartyDoc>): Standing {
  const chainOf = (id: Id) => {
    const chain: Id[] = [];
    for (
      let at = docs.get(id)?.merged?.into;
      at && chain.length < MOST_STEPS;
      at = docs.get(at)?.merged?.into
    )
      chain.push(at);
    return chain;
  };
  return { docs, chainOf };
}

/** Writes that lose to another write look again so often. */
export const TRIES = 8;

@Injectable()
export class CounterpartiesRepository extends EntriesRepository<CounterpartyDoc> {
  readonly #settings: mongo.Collection<Counter>;
  readonly #orders: mongo.Collection<Order>;

  constructor(@Inject(MONGO) connection: Connection, vocabulary: Vocabulary, bus: ChangeBus) {
    super(connection, vocabulary, bus, 'Counterparty', CounterpartySchema, 'counterparties');
    this.#settings = driverCollection<Counter>(connection, 'settings');
    this.#orders = driverCollection<Order>(connection, 'projects');
  }

  /** Writes those that are still as they were read. @returns how many were */
  async updateMany(
    writes: readonly { of: CounterpartyDoc; changes: Partial<CounterpartyDoc> }[],
  ): Promise<number> {
    if (writes.length === 0) return 0;
    await this.vocabulary.learn(writes.flatMap(({ changes }) => changes.terms ?? []));
    const { matchedCount } = await this.raw.bulkWrite(
      writes.map(({ of: { _id, version }, changes }) => ({
        updateOne: {
          filter: { _id, version },
          update: { $set: { ...changes, ...touchedNow() }, $inc: { version: 1 } },
        },
      })) as mongo.AnyBulkWriteOperation<CounterpartyDoc>[],
      { ordered: false },
    );
    for (const { of } of writes) this.live.forget(of._id);
    return matchedCount;
  }

  byNames(names: readonly string[]): Promise<CounterpartyDoc[]> {
    return this.model
      .find({ name: { $in: [...names] } })
      .lean<CounterpartyDoc[]>()
      .exec();
  }

  /** Some of those that have one of these keys and stand for themselves. */
  alike(keys: readonly string[], limit: number): Promise<CounterpartyDoc[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return this.raw
      .find({ alike: { $in: [...keys] }, merged: null } as unknown as mongo.Filter<CounterpartyDoc>)
      .limit(limit)
      .toArray() as Promise<CounterpartyDoc[]>;
  }

  mergedInto(ids: readonly Id[], limit: number): Promise<CounterpartyDoc[]> {
    return this.raw
      .find({ 'merged.into': { $in: [...ids] } })
      .sort({ 'merged.at': -1 })
      .limit(limit)
      .toArray() as Promise<CounterpartyDoc[]>;
  }

  /** These, and those that they lead to: with nobody merged, one read. @param options `live`: mostly from memory */
  async standing(ids: readonly Id[], { live = false } = {}): Promise<Standing> {
    const docs = new Map<Id, CounterpartyDoc>();
    for (let missing = [...new Set(ids)], steps = 0; missing.length > 0 && steps < MOST_STEPS; steps++) {
      const found = await (live ? this.live.byIds(missing) : this.byIds(missing));
      for (const doc of found) docs.set(doc._id, doc);
      missing = [...new Set(found.flatMap(({ merged }) => merged?.into ?? []))].filter((id) => !docs.has(id));
    }
    return standingOf(docs);
  }

  /** Lets a merged one stand for itself, if it is still at `version`. */
  async free(
    id: Id,
    version: number,
    changes: Pick<CounterpartyDoc, 'rewrite' | 'leaves'>,
  ): Promise<CounterpartyDoc | null> {
    const freed = (await this.raw.findOneAndUpdate(
      { _id: id, version } as mongo.Filter<CounterpartyDoc>,
      { $set: { ...changes, ...touchedNow() }, $unset: { merged: '' }, $inc: { version: 1 } } as never,
      { returnDocument: 'after' },
    )) as CounterpartyDoc | null;
    this.live.forget(id);
    return freed;
  }

  /** Ids of the customers of the orders that a person manages or is appointed to. */
  async customersOf(userId: Id): Promise<Id[]> {
    const found = await this.#orders
      .find(
        { $or: [{ managerId: userId }, { appointedIds: userId }], counterpartyId: { $ne: null } },
        { projection: { counterpartyId: 1 } },
      )
      .toArray();
    return [...new Set(found.flatMap(({ counterpartyId }) => counterpartyId ?? []))];
  }

  async answeringTo(terms: readonly string[], names: readonly string[]): Promise<CounterpartyDoc[]> {
    const [byTerm, byName] = await Promise.all([
      terms.length > 0
        ? this.raw
            .find({ terms: { $in: [...terms] } })
            .limit(MOST_ALIKE)
            .toArray()
        : [],
      names.length > 0 ? this.byNames(names) : [],
    ]);
    return [...new Map([...byTerm, ...byName].map((doc) => [doc._id, doc as CounterpartyDoc])).values()];
  }

  /** Takes the next `count` numbers: `C-0001`, and so on. A number once taken is never given again. */
  async takeNumbers(count: number): Promise<string[]> {
    const counter = await this.#settings.findOneAndUpdate(
      { _id: 'counterparty-number' },
      { $inc: { last: count } },
      { upsert: true, returnDocument: 'after' },
    );
    const last = counter?.last ?? count;
    return Array.from({ length: count }, (_, i) => `C-${String(last - count + 1 + i).padStart(4, '0')}`);
  }
}
