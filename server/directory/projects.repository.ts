import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type ProjectDoc, ProjectSchema } from './directory.schema.ts';
import { EntriesRepository } from './entries.repository.ts';

type Counter = { _id: string; last: number };

@Injectable()
export class ProjectsRepository extends EntriesRepository<ProjectDoc> {
  readonly #settings: mongo.Collection<Counter>;

  constructor(@Inject(MONGO) connection: Connection) {
    super(connection, 'Project', ProjectSchema, 'projects');
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

  /** Ids of the counterparties of the projects that a person manages or is appointed to. */
  async counterpartiesOf(userId: Id): Promise<Id[]> {
    const found = await this.model
      .find(
        { $or: [{ managerId: userId }, { appointedIds: userId }], counterpartyId: { $ne: null } },
        { counterpartyId: 1 },
      )
      .lean<Pick<ProjectDoc, '_id' | 'counterpartyId'>[]>()
      .exec();
    return [...new Set(found.flatMap(({ counterpartyId }) => counterpartyId ?? []))];
  }
}
