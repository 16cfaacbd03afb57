import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type {
  Comment,
  CommentCreate,
  CommentEdit,
  CommentFound,
  CommentSearch,
} from '@svodka/shared/contracts/comment';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { chunksOf, finder } from '@svodka/shared/filter/search';
import { termsOf } from '@svodka/shared/filter/terms';
import { titleIn } from '@svodka/shared/messages/machine-title';
import type { Actor } from '@svodka/shared/rules/permissions';
import { UsersService } from '../accounts/users.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { hashOfBody } from '../events/event-fields.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { derivedId, idAside } from '../platform/mongo/derived-id.ts';
import { RefsService } from '../refs/refs.service.ts';
import { type CommentDoc, toComment } from './comment.schema.ts';
import { CommentCounts } from './comment-counts.service.ts';
import { CommentsRepository } from './comments.repository.ts';

/** Writes that lose to another write look again so often. */
const TRIES = 8;

/** A search for comments looks through so many of the newest events that the words find. */
const SEARCHED_PAGES = 3;
const SEARCHED_PAGE = 200;

type Change = {
  who: 'author' | 'author-or-administrator';
  key: string | undefined;
  asked: unknown;
  next: (now: Date, before: CommentDoc) => Partial<CommentDoc>;
};

/** Comments on events. Whoever may read an event may read and write its comments; anybody else gets `not-found`. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly comments: CommentsRepository,
    private readonly counts: CommentCounts,
    private readonly events: EventsService,
    private readonly users: UsersService,
    private readonly refs: RefsService,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  /** For the server itself, whoever may see them. */
  byIds(ids: readonly Id[]): Promise<CommentDoc[]> {
    return this.comments.byIds(ids);
  }

  /** For the server itself. */
  writtenSince(since: Date): AsyncIterable<CommentDoc> {
    return this.comments.writtenSince(since);
  }

  /** For the server itself, of events that whoever asks may read: what was said and not removed, newest first. */
  ofEvents(eventIds: readonly Id[]): Promise<CommentDoc[]> {
    return eventIds.length === 0 ? Promise.resolve([]) : this.comments.about(eventIds);
  }

  async page(
    actor: Actor,
    eventId: Id,
    query: { after?: string | undefined; limit: number },
  ): Promise<{ items: Comment[]; next: string | null; refs: Refs }> {
    await this.events.readable(actor, eventId);
    const { docs, next } = await this.comments.page(eventId, query);
    const userIds = new Set(docs.flatMap(({ authorId, mentionIds }) => [authorId, ...mentionIds]));
    return {
      items: docs.map(toComment),
      next,
      refs: await this.refs.refsOf(actor, { userIds: [...userIds] }),
    };
  }

  /**
   * Comments that have all the words, the newest of the newest events. What is said is a part of what finds an event,
   * so they are looked for among the events that the same search finds for this person.
   */
  async search(
    actor: Actor,
    { search, limit }: CommentSearch,
    { tz: zone, locale }: { tz: string; locale: Locale },
  ): Promise<{ items: CommentFound[]; refs: Refs }> {
    const found: CommentFound[] = [];
    const has = finder(search);
    let after: string | undefined;
    for (let page = 0; page < SEARCHED_PAGES && found.length < limit && chunksOf(search).length > 0; page++) {
      const { docs, next } = await this.events.list(
        actor,
        { text: search },
        { zone, after, limit: SEARCHED_PAGE },
      );
      const discussed = docs.filter(({ counters }) => counters.comments > 0);
      const titles = new Map(discussed.map((doc) => [doc._id, titleIn(locale, doc)]));
      for (const comment of await this.comments.about([...titles.keys()])) {
        if (!has(comment.terms)) continue;
        const event = { id: comment.eventId, title: titles.get(comment.eventId) ?? '' };
        found.push({ comment: toComment(comment), event });
      }
      if (next === null) break;
      after = next;
    }
    const items = found.slice(0, limit);
    const userIds = new Set(items.map(({ comment }) => comment.authorId));
    return { items, refs: await this.refs.refsOf(actor, { userIds: [...userIds] }) };
  }

  /** Those of some people who may not see the event: naming them would tell nobody. */
  async blind(actor: Actor, eventId: Id, ids: readonly Id[]): Promise<{ blind: Id[] }> {
    const event = await this.events.readable(actor, eventId);
    const users = await this.users.byIds([...new Set(ids)]);
    return { blind: users.filter((user) => !maySee(user, event, this.scopes)).map(({ _id }) => _id) };
  }

  /**
   * Idempotent by the id that a client may give, or by its key, from which the id then follows.
   * @returns `isNew` false: the same comment was sent before
   * @throws AppError `conflict` when the id is taken by another comment
   */
  async create(
    actor: Actor,
    eventId: Id,
    input: CommentCreate,
    key?: string,
  ): Promise<{ comment: Comment; isNew: boolean }> {
    const event = await this.events.readable(actor, eventId);
    await this.#checkMentions(input.mentionIds);
    const doc: CommentDoc = {
      _id: input.id ?? idOf(key, event, actor) ?? newId(this.clock.now().getTime()),
      eventId,
      authorId: actor.id,
      body: input.body,
      terms: termsOf(input.body),
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
      if (isRepeat) {
        await this.counts.count(eventId);
        return { comment: toComment(existing), isNew: false };
      }
      const aside = idAside(doc._id, actor.id);
      // Of a comment that they may not read, nobody learns that it is there.
      if (await this.#isReadable(actor, existing.eventId))
        throw new AppError('conflict', 'a comment with this id exists');
      return this.create(actor, eventId, { ...input, id: aside });
    }
    await this.counts.count(eventId);
    return { comment: toComment(doc), isNew: true };
  }

  async edit(actor: Actor, id: Id, { body, mentionIds }: CommentEdit, key?: string): Promise<Comment> {
    await this.#checkMentions(mentionIds);
    return this.#change(actor, id, {
      who: 'author',
      key,
      asked: { body, mentionIds },
      next: (now, { attachments }) => ({
        body,
        terms: termsOfComment(body, attachments),
        mentionIds: [...new Set(mentionIds)],
        editedAt: now,
      }),
    });
  }

  /** As far as the actor may see it. @throws AppError `not-found` */
  async readable(actor: Actor, id: Id): Promise<CommentDoc> {
    const comment = await this.comments.get(id);
    if (!comment || comment.deletedAt) throw new AppError('not-found', 'no such comment');
    await this.events.readable(actor, comment.eventId);
    return comment;
  }

  /** What it carries becomes what `next` makes of it, for its author only; see the same of events. */
  attach(actor: Actor, id: Id, next: (files: Attachment[]) => Attachment[]): Promise<Comment> {
    return this.#change(actor, id, {
      who: 'author',
      key: undefined,
      asked: 'attachments',
      next: (_now, { body, attachments: files = [] }) => {
        const attachments = next(files);
        return { attachments, terms: termsOfComment(body, attachments) };
      },
    });
  }

  /** Leaves a line without words in its place. */
  async remove(actor: Actor, id: Id, key?: string): Promise<Comment> {
    return this.#change(actor, id, {
      who: 'author-or-administrator',
      key,
      asked: 'remove',
      next: (now, { attachments }) => ({
        body: '',
        terms: [],
        mentionIds: [],
        deletedAt: now,
        ...(attachments && { attachments: [] }),
      }),
    });
  }

  async #isReadable(actor: Actor, eventId: Id): Promise<boolean> {
    return this.events.readable(actor, eventId).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') return false;
        throw error;
      },
    );
  }

  /** One change, once: what was asked for under the same key is found done. */
  async #change(actor: Actor, id: Id, { who, key, asked, next }: Change): Promise<Comment> {
    const request = key === undefined ? null : { key: `${actor.id} ${key}`, hash: hashOfBody(asked) };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.comments.get(id);
      if (!before) throw new AppError('not-found', 'no such comment');
      await this.events.readable(actor, before.eventId);
      const done = request && before.asked?.find((each) => each.key === request.key);
      if (done && done.hash !== request.hash)
        throw new AppError('conflict', '#idempotency', [{ field: 'Idempotency-Key', reason: 'taken' }]);
      if (done) {
        await this.counts.count(before.eventId);
        return toComment(before);
      }
      if (before.deletedAt) throw new AppError('not-found', 'the comment is removed');
      const isAllowed =
        before.authorId === actor.id ||
        (who === 'author-or-administrator' && actor.roles.includes('administrator'));
      if (!isAllowed) throw new AppError('forbidden', 'not the author');
      const now = this.clock.now();
      const written = await this.comments.write(
        id,
        before.version,
        next(now, before),
        request && { ...request, at: now },
      );
      if (written) {
        await this.counts.count(written.eventId);
        return toComment(written);
      }
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  async #checkMentions(ids: Id[]): Promise<void> {
    const known = new Set((await this.users.byIds([...new Set(ids)])).map(({ _id }) => _id));
    const index = ids.findIndex((id) => !known.has(id));
    if (index >= 0) throw refused(`mentionIds.${index}`, 'unknown-user');
  }
}

const termsOfComment = (body: string, files: readonly Attachment[] = []): string[] =>
  termsOf(body, ...files.map(({ name }) => name));

/** The id of a comment that was given a key instead. */
function idOf(key: string | undefined, event: EventDoc, actor: Actor): Id | undefined {
  return key === undefined ? undefined : derivedId(event.recordedAt, 'comment', event._id, actor.id, key);
}
