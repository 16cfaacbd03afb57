import { Inject, Injectable } from '@nestjs/common';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { EntriesRepository } from '../entries/entries.repository.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { type ProjectDoc, ProjectSchema } from './directory.schema.ts';

type Counter = { _id: string; last: number };

@Injectable()
export class ProjectsRepository extends EntriesRepository<ProjectDoc> {
  readonly #settings: mongo.Collection<Counter>;

  constructor(@Inject(MONGO) connection: Connection, vocabulary: Vocabulary) {
    super(connection, vocabulary, 'Project', ProjectSchema, 'projects');
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

  byNumbers(numbers: readonly string[]): Promise<ProjectDoc[]> {
    return this.model
      .find({ number: { $in: [...numbers] } })
      .lean<ProjectDoc[]>()
      .exec();
  }

  /** Orders of a customer, by id after `after`. */
  ofCounterparty(counterpartyId: Id, after: Id | null, limit: number): Promise<ProjectDoc[]> {
    return this.model
      .find({ counterpartyId, ...(after && { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<ProjectDoc[]>()
      .exec();
  }

  /** Sets the words of an order that is still at `version`, for its events to follow; whoever has changed it meanwhile has looked anew. */
  async setTerms(id: Id, version: number, terms: string[]): Promise<void> {
    await this.vocabulary.learn(terms);
    await this.raw.updateOne({ _id: id, version }, { $set: { terms, rewrite: newId() } });
  }
}
