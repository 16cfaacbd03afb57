import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { DAY_NAMING_TYPES } from '@svodka/shared/rules/orders/work';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import type { Connection, mongo } from 'mongoose';
import { type EventDoc, PLANNED_DAY } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

/** Work that began longer ago is looked for no more, though it may go on (WK4). */
const LOOK_BACK_DAYS = 62;
const PATIENCE_MS = 4_000;

/** The one query for the orders of a period: what names a day of it, along the index of planned days. */
export const plannedQuery = (
  from: string,
  to: string,
  limit: number,
): [mongo.Filter<EventDoc>, mongo.FindOptions] => [
  {
    'payload.startOn': { $gte: daysAfter(from, -LOOK_BACK_DAYS), $lte: to },
    $or: [{ 'payload.startOn': { $gte: from } }, { 'payload.finishOn': { $gte: from } }],
    type: { $in: [...DAY_NAMING_TYPES] },
    deletedAt: null,
  } as mongo.Filter<EventDoc>,
  { projection: { projectId: 1 }, hint: PLANNED_DAY, limit, maxTimeMS: PATIENCE_MS },
];

@Injectable()
export class PlannedRepository {
  readonly #events: mongo.Collection<EventDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#events = driverCollection(connection, 'events');
  }

  /** Orders of which some event names a day of a period; where they are planned by now their facts say. */
  async projectsOf(from: string, to: string, limit: number): Promise<{ ids: Id[]; more: boolean }> {
    const found = await this.#events
      .find<Pick<EventDoc, '_id' | 'projectId'>>(...plannedQuery(from, to, limit + 1))
      .toArray();
    const ids = new Set(found.slice(0, limit).flatMap(({ projectId }) => projectId ?? []));
    return { ids: [...ids], more: found.length > limit };
  }
}
