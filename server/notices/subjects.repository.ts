import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Collection, Connection } from 'mongoose';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

/** The events and comments that notices are about, as they are stored, before any question of who may see them. */
@Injectable()
export class SubjectsRepository {
  readonly #events: Collection<EventDoc>;
  readonly #comments: Collection<CommentDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#events = connection.collection<EventDoc>('events');
    this.#comments = connection.collection<CommentDoc>('comments');
  }

  async event(id: Id): Promise<EventDoc | null> {
    return (await this.#events.findOne({ _id: id }, { projection: { revisions: 0 } })) as EventDoc | null;
  }

  async comment(id: Id): Promise<CommentDoc | null> {
    return (await this.#comments.findOne({ _id: id })) as CommentDoc | null;
  }

  async events(ids: Id[]): Promise<EventDoc[]> {
    if (ids.length === 0) return [];
    const query = { _id: { $in: [...new Set(ids)] } };
    return (await this.#events.find(query, { projection: { revisions: 0 } }).toArray()) as EventDoc[];
  }

  async comments(ids: Id[]): Promise<CommentDoc[]> {
    if (ids.length === 0) return [];
    return (await this.#comments.find({ _id: { $in: ids } }).toArray()) as CommentDoc[];
  }

  /** Events that were recorded, or whose deadline was, since a moment; those with a later deadline too. */
  eventsSince(since: Date): AsyncIterable<EventDoc> {
    return this.#events.find(
      { $or: [{ recordedAt: { $gte: since } }, { dueAt: { $gte: since } }] },
      { projection: { revisions: 0 } },
    ) as unknown as AsyncIterable<EventDoc>;
  }

  commentsSince(since: Date): AsyncIterable<CommentDoc> {
    return this.#comments.find({ createdAt: { $gte: since } }) as unknown as AsyncIterable<CommentDoc>;
  }
}
