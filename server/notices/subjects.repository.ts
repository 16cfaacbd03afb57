import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

/** Revisions are long, and no notice shows them. */
const SHOWN = { projection: { revisions: 0 } } as const;

/** Each by an index of its own. An event that answers to both is decided twice, which changes nothing (N6). */
export const EVENTS_SINCE = (since: Date): mongo.Filter<EventDoc>[] => [
  { recordedAt: { $gte: since } },
  { dueState: { $in: ['approaching', 'due', 'overdue'] }, dueAt: { $gte: since } },
];

export const COMMENTS_SINCE = (since: Date): mongo.Filter<CommentDoc> => ({ createdAt: { $gte: since } });

/** The events and comments that notices are about, as they are stored, before any question of who may see them. */
@Injectable()
export class SubjectsRepository {
  readonly #events: mongo.Collection<EventDoc>;
  readonly #comments: mongo.Collection<CommentDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#events = driverCollection(connection, 'events');
    this.#comments = driverCollection(connection, 'comments');
  }

  event(id: Id): Promise<EventDoc | null> {
    return this.#events.findOne({ _id: id }, SHOWN);
  }

  comment(id: Id): Promise<CommentDoc | null> {
    return this.#comments.findOne({ _id: id });
  }

  async events(ids: Id[]): Promise<EventDoc[]> {
    if (ids.length === 0) return [];
    return this.#events.find({ _id: { $in: [...new Set(ids)] } }, SHOWN).toArray();
  }

  async comments(ids: Id[]): Promise<CommentDoc[]> {
    if (ids.length === 0) return [];
    return this.#comments.find({ _id: { $in: ids } }).toArray();
  }

  /** Events that were recorded since a moment, then those whose deadline is told of and was not over by then. */
  async *eventsSince(since: Date): AsyncGenerator<EventDoc> {
    for (const query of EVENTS_SINCE(since)) yield* this.#events.find(query, SHOWN);
  }

  commentsSince(since: Date): AsyncIterable<CommentDoc> {
    return this.#comments.find(COMMENTS_SINCE(since));
  }
}
