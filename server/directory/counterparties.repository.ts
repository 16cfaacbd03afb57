import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { type CounterpartyDoc, CounterpartySchema } from './directory.schema.ts';
import { EntriesRepository } from './entries.repository.ts';

type Counter = { _id: string; last: number };

@Injectable()
export class CounterpartiesRepository extends EntriesRepository<CounterpartyDoc> {
  readonly #settings: mongo.Collection<Counter>;

  constructor(@Inject(MONGO) connection: Connection, vocabulary: Vocabulary) {
    super(connection, vocabulary, 'Counterparty', CounterpartySchema, 'counterparties');
    this.#settings = driverCollection<Counter>(connection, 'settings');
  }

  byNames(names: readonly string[]): Promise<CounterpartyDoc[]> {
    return this.model
      .find({ name: { $in: [...names] } })
      .lean<CounterpartyDoc[]>()
      .exec();
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
