// Open events by their deadline, the most overdue first: one walk along an index that holds nothing else, so that what
// is due comes first however long ago it was written.
import { Inject, Injectable } from '@nestjs/common';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { toMongo } from '@svodka/shared/filter/mongo';
import { OPEN_STATUSES } from '@svodka/shared/rules/status';
import type { Connection, mongo } from 'mongoose';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { accessPathOf } from './access-path.ts';
import { DUE_ORDER, type EventDoc } from './event.schema.ts';
import { type EventPage, PATIENCE_MS, SHOWN } from './event-list.repository.ts';

type Query = mongo.Filter<EventDoc>;

const DUE: Query = { status: OPEN_STATUSES[0], dueAt: { $type: 'date' } } as Query;

/** Behind a place in the list: due later. */
function behind(after: string): Query {
  const [ms, id] = unpackKeyset(after, ['number', 'string']);
  const dueAt = new Date(ms);
  return { dueAt: { $gte: dueAt }, $or: [{ dueAt: { $gt: dueAt } }, { _id: { $gt: id } }] } as Query;
}

@Injectable()
export class DueListRepository {
  readonly #events: mongo.Collection<EventDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#events = driverCollection(connection, 'events');
  }

  /** One page of the matches that are open and have a deadline. @throws AppError `validation` for a place that is none */
  async page(
    filter: ResolvedFilter,
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<EventPage> {
    const from = after === undefined ? {} : behind(after);
    const path = accessPathOf(filter);
    if (path.kind === 'nothing') return { docs: [], next: null, more: false };
    const docs = await this.#events
      .find({ $and: [DUE, toMongo(filter) as Query, from] } as Query, {
        projection: SHOWN,
        sort: { dueAt: 1, _id: 1 },
        limit: limit + 1,
        maxTimeMS: PATIENCE_MS,
        // A hundred ids at most are found by themselves.
        ...(path.kind === 'walks' && { hint: DUE_ORDER }),
      })
      .toArray();
    const page = docs.slice(0, limit);
    const last = docs.length > limit ? page.at(-1) : undefined;
    const next = last?.dueAt ? packKeyset([last.dueAt.getTime(), last._id]) : null;
    return { docs: page, next, more: false };
  }
}
