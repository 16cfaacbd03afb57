import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { AGREED_BY, FACT_TYPES, OVERDUE_BY, PAID_BY, REFUNDED_BY } from '@svodka/shared/rules/orders/fills';
import type { Connection, mongo } from 'mongoose';
import { type EventDoc, indexNamed } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

/** What a line is derived from. */
const DERIVED_FROM = {
  type: 1,
  occurredAt: 1,
  recordedAt: 1,
  dueAt: 1,
  status: 1,
  resolved: 1,
  deletedAt: 1,
  payload: 1,
  itemIds: 1,
  projectId: 1,
  version: 1,
} as const;
export type LineFactDoc = Pick<EventDoc, '_id' | keyof typeof DERIVED_FROM>;

/** And what says who may read it. */
const FIELDS = {
  ...DERIVED_FROM,
  module: 1,
  counterpartyIds: 1,
  author: 1,
  visibility: 1,
  departmentId: 1,
  audienceIds: 1,
} as const;
export type FactDoc = Pick<EventDoc, '_id' | keyof typeof FIELDS>;

/** One that says of money, with the key by which it came. */
export type MoneyFactDoc = LineFactDoc & Pick<EventDoc, 'source'>;

/** One with what was changed of it. */
export type PastFactDoc = FactDoc & Pick<EventDoc, 'rev' | 'revisions'>;

/** So many facts of one order are read, the newest. */
export const FACTS_MOST = 3_000;
const PATIENCE_MS = 4_000;

/** The one query for the facts of some orders. */
export const factsQuery = (
  projectIds: readonly Id[],
  limit: number,
): [mongo.Filter<EventDoc>, mongo.FindOptions] => [
  {
    projectId: projectIds.length === 1 ? projectIds[0] : { $in: [...projectIds] },
    type: { $in: [...FACT_TYPES] },
    deletedAt: null,
  } as mongo.Filter<EventDoc>,
  {
    projection: FIELDS,
    hint: indexNamed('projectId'),
    limit,
    maxTimeMS: PATIENCE_MS,
    // Of one order the newest facts, straight from the index; those of several need no order.
    ...(projectIds.length === 1 && { sort: { occurredAt: -1, _id: -1 } as const }),
  },
];

const MONEY_TYPES = [...AGREED_BY, ...PAID_BY, ...REFUNDED_BY, ...OVERDUE_BY];

@Injectable()
export class FactsRepository {
  readonly #events: mongo.Collection<EventDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#events = driverCollection(connection, 'events');
  }

  /** Up to `limit` of the events that chains of these orders are derived from. */
  ofProjects(projectIds: readonly Id[], limit: number): Promise<FactDoc[]> {
    if (projectIds.length === 0) return Promise.resolve([]);
    return this.#events.find<FactDoc>(...factsQuery(projectIds, limit)).toArray();
  }

  /** The same by order; one without any is not there. */
  async byProject(projectIds: readonly Id[], limit: number): Promise<Map<Id, FactDoc[]>> {
    const byProject = new Map<Id, FactDoc[]>();
    for (const doc of await this.ofProjects(projectIds, limit)) {
      if (!doc.projectId) continue;
      const known = byProject.get(doc.projectId);
      if (known) known.push(doc);
      else byProject.set(doc.projectId, [doc]);
    }
    return byProject;
  }

  /** As `ofProjects` of one, with their revisions, those that are deleted by now too. */
  past(projectId: Id, limit: number): Promise<PastFactDoc[]> {
    const [{ deletedAt: _, ...query }, options] = factsQuery([projectId], limit);
    const projection = { ...FIELDS, rev: 1, revisions: 1 };
    return this.#events
      .find<PastFactDoc>(query as mongo.Filter<EventDoc>, { ...options, projection })
      .toArray();
  }

  /** As `ofProjects`, for lines, which nobody reads yet: many are read, so no more of each than it takes. */
  forLines(projectIds: readonly Id[], limit: number): Promise<LineFactDoc[]> {
    const [query, options] = factsQuery(projectIds, limit);
    return this.#events.find<LineFactDoc>(query, { ...options, projection: DERIVED_FROM }).toArray();
  }

  /** All events that say of the money of these orders. */
  money(projectIds: readonly Id[]): Promise<MoneyFactDoc[]> {
    const query = { projectId: { $in: [...projectIds] }, type: { $in: MONEY_TYPES }, deletedAt: null };
    return this.#events
      .find<MoneyFactDoc>(query as mongo.Filter<EventDoc>, {
        projection: { ...DERIVED_FROM, 'source.externalId': 1 },
        hint: indexNamed('projectId'),
      })
      .toArray();
  }

  /** Up to `limit` of the events that say of a counterparty's money without naming an order. */
  moneyWithoutOrder(counterpartyId: Id, limit: number): Promise<FactDoc[]> {
    return this.#events
      .find<FactDoc>(
        {
          counterpartyIds: counterpartyId,
          projectId: null,
          type: { $in: MONEY_TYPES },
          deletedAt: null,
        } as mongo.Filter<EventDoc>,
        {
          projection: FIELDS,
          hint: indexNamed('counterpartyIds'),
          sort: { occurredAt: -1, _id: -1 },
          limit,
          maxTimeMS: PATIENCE_MS,
        },
      )
      .toArray();
  }
}
