import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Comment, CommentCreate, CommentEdit } from '@svodka/shared/contracts/comment';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Actor } from '@svodka/shared/rules/permissions';
import { UsersService } from '../accounts/users.service.ts';
import { RefsService } from '../directory/refs.service.ts';
import { EventsService } from '../events/events.service.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { type CommentDoc, toComment } from './comment.schema.ts';
import { CommentsRepository } from './comments.repository.ts';

/** Comments on events. Whoever may read an event may read and write its comments; anybody else gets `not-found`. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly comments: CommentsRepository,
    private readonly events: EventsService,
    private readonly users: UsersService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  async page(
    actor: Actor,
    eventId: Id,
    query: { after?: string | undefined; limit: number },
  ): Promise<{ items: Comment[]; next: string | null; refs: Refs }> {
    await this.events.readable(actor, eventId);
    const { docs, next } = await this.comments.page(eventId, query);
    const userIds = new Set(docs.flatMap(({ authorId, mentionIds }) => [authorId, ...mentionIds]));
    return { items: docs.map(toComment), next, refs: await this.refs.refsOf({ userIds: [...userIds] }) };
  }

  /**
   * Idempotent by the id that a client may give.
   * @returns `isNew` false: the same comment was sent before
   * @throws AppError `conflict` when the id is taken by another comment
   */
  async create(
    actor: Actor,
    eventId: Id,
    input: CommentCreate,
  ): Promise<{ comment: Comment; isNew: boolean }> {
    await this.events.readable(actor, eventId);
    await this.#checkMentions(input.mentionIds);
    const doc: CommentDoc = {
      _id: input.id ?? newId(this.clock.now().getTime()),
      eventId,
      authorId: actor.id,
      body: input.body,
      mentionIds: [...new Set(input.mentionIds)],
      createdAt: this.clock.now(),
      editedAt: null,
      deletedAt: null,
      version: 1,
    };
    const existing = await this.comments.insert(doc);
    if (existing) {
      const isRepeat = ['eventId', 'authorId', 'body', 'mentionIds'].every((field) =>
        isDeepStrictEqual(existing[field as keyof CommentDoc], doc[field as keyof CommentDoc]),
      );
      if (!isRepeat) throw new AppError('conflict', 'a comment with this id exists');
      return { comment: toComment(existing), isNew: false };
    }
    await this.events.bumpComments(eventId, 1);
    return { comment: toComment(doc), isNew: true };
  }

  async edit(actor: Actor, id: Id, { body, mentionIds }: CommentEdit): Promise<Comment> {
    await this.#writable(actor, id, 'author');
    await this.#checkMentions(mentionIds);
    return this.#written(
      await this.comments.write(id, {
        body,
        mentionIds: [...new Set(mentionIds)],
        editedAt: this.clock.now(),
      }),
    );
  }

  /** Leaves a line without words in its place. */
  async remove(actor: Actor, id: Id): Promise<Comment> {
    await this.#writable(actor, id, 'author-or-administrator');
    const doc = await this.comments.write(id, { body: '', mentionIds: [], deletedAt: this.clock.now() });
    const comment = this.#written(doc);
    await this.events.bumpComments(comment.eventId, -1);
    return comment;
  }

  #written(doc: CommentDoc | null): Comment {
    if (!doc) throw new AppError('not-found', 'the comment is removed');
    return toComment(doc);
  }

  async #writable(actor: Actor, id: Id, who: 'author' | 'author-or-administrator'): Promise<void> {
    const doc = await this.comments.get(id);
    if (!doc || doc.deletedAt) throw new AppError('not-found', 'no such comment');
    await this.events.readable(actor, doc.eventId);
    const isAllowed =
      doc.authorId === actor.id ||
      (who === 'author-or-administrator' && actor.roles.includes('administrator'));
    if (!isAllowed) throw new AppError('forbidden', 'not the author');
  }

  async #checkMentions(ids: Id[]): Promise<void> {
    const known = new Set((await this.users.byIds([...new Set(ids)])).map(({ _id }) => _id));
    const index = ids.findIndex((id) => !known.has(id));
    if (index >= 0) throw refused(`mentionIds.${index}`, 'unknown-user');
  }
}
