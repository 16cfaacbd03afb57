import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { ChangeBus } from '../changes/change-bus.ts';
import { EntriesRepository } from '../entries/entries.repository.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { type CounterpartyDoc, CounterpartySchema } from './counterparty.schema.ts';

/** Who is found by the phones and tax numbers of a hundred lines; more is one phone that stands on every card. */
const MOST_ALIKE = 2_000;

type Counter = { _id: string; last: number };
/** What of an order says whose customer somebody is. */
type Order = { _id: Id; managerId: Id | null; appointedIds: Id[]; counterpartyId: Id | null };

@Injectable()
export class CounterpartiesRepository extends EntriesRepository<CounterpartyDoc> {
  readonly #settings: mongo.Collection<Counter>;
  readonly #orders: mongo.Collection<Order>;

  constructor(@Inject(MONGO) connection: Connection, vocabulary: Vocabulary, bus: ChangeBus) {
    super(connection, vocabulary, bus, 'Counterparty', CounterpartySchema, 'counterparties');
    this.#settings = driverCollection<Counter>(connection, 'settings');
    this.#orders = driverCollection<Order>(connection, 'projects');
  }

  byNames(names: readonly string[]): Promise<CounterpartyDoc[]> {
    return this.model
      .find({ name: { $in: [...names] } })
      .lean<CounterpartyDoc[]>()
      .exec();
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
