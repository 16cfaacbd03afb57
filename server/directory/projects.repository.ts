import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection } from 'mongoose';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type ProjectDoc, ProjectSchema } from './directory.schema.ts';
import { EntriesRepository } from './entries.repository.ts';

@Injectable()
export class ProjectsRepository extends EntriesRepository<ProjectDoc> {
  constructor(@Inject(MONGO) connection: Connection) {
    super(connection, 'Project', ProjectSchema, 'projects');
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
