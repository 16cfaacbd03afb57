import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  type Comment,
  type CommentCreate,
  type CommentEdit,
  type CommentFound,
  type CommentSearch,
  type CommentVersion,
  type Follow,
  RESTORABLE_MS,
  type React,
  type Reader,
} from '@svodka/shared/contracts/comment';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { chunksOf, finder } from '@svodka/shared/filter/search';
import { termsOf } from '@svodka/shared/filter/terms';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { type Actor, may, mayOfProject } from '@svodka/shared/rules/permissions';
import { UsersService } from '../accounts/users.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { hashOfBody } from '../events/event-fields.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { derivedId, idAside } from '../platform/mongo/derived-id.ts';
import { RefsService } from '../refs/refs.service.ts';
import { type CommentDoc, HISTORY_INSIDE, toComment } from './comment.schema.ts';
import { CommentCounts } from './comment-counts.service.ts';
import { CommentsRepository } from './comments.repository.ts';
import { ReadersRepository } from './readers.repository.ts';

/** Writes that lose to another write look again so often. */
const TRIES = 8;

/** A search for comments looks through so many of the newest events that the words find. */
const SEARCHED_PAGES = 3;
const SEARCHED_PAGE = 200;

type Change = {
  who: 'author' | 'author-or-administrator' | 'remover';
  key: string | undefined;
  asked: unknown;
  next: (now: Date, before: CommentDoc) => Partial<CommentDoc>;
};

/** Comments on events. Whoever may read an event may read and write its comments; anybody else gets `not-found`. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly comments: CommentsRepository,
    private readonly readers: ReadersRepository,
    private readonly counts: CommentCounts,
    private readonly events: EventsService,
    private readonly projects: ProjectsService,
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
  ): Promise<{
    items: Comment[];
    next: string | null;
    readers: Reader[];
    follows: boolean | null;
    refs: Refs;
  }> {
    const event = await this.events.readable(actor, eventId);
    const [{ docs, next }, readers, follows] = await Promise.all([
      this.comments.page(eventId, query),
      this.readers.of(eventId),
      this.readers.follows(eventId, actor.id),
    ]);
    const userIds = new Set([
      ...docs.flatMap(({ authorId, mentionIds }) => [authorId, ...mentionIds]),
      ...readers.map(({ userId }) => userId),
    ]);
    return {
      items: docs.map(toComment),
      next,
      readers,
      follows: follows ?? (listenersOf(event).includes(actor.id) || null),
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
  /** What is wrong with words that are to be the first of an event which is yet to be made. @throws AppError */
  async checkFirst(
    actor: Actor,
    { mentionIds, replyToId, isPublic }: CommentCreate,
    of: { projectId?: Id | null },
  ): Promise<void> {
    await this.#checkMentions(mentionIds);
    if (replyToId) throw refused('replyToId', 'not-found');
    if (isPublic) await this.#orderToShow(actor, of);
  }

  async create(
    actor: Actor,
    eventId: Id,
    input: CommentCreate,
    key?: string,
  ): Promise<{ comment: Comment; isNew: boolean }> {
    const event = await this.events.readable(actor, eventId);
    await this.#checkMentions(input.mentionIds);
    const { replyToId, isPublic, groups } = input;
    const shownIn = isPublic && (await this.#orderToShow(actor, event));
    const _id = input.id ?? idOf(key, event, actor) ?? newId(this.clock.now().getTime());
    if (replyToId) await this.#checkReply(replyToId, eventId, _id);
    const doc: CommentDoc = {
      _id,
      eventId,
      authorId: actor.id,
      body: input.body,
      terms: termsOf(input.body),
      mentionIds: [...new Set(input.mentionIds)],
      ...(groups.length > 0 && { groups }),
      ...(replyToId && { replyToId }),
      ...(shownIn && { isPublic: true, shownIn }),
      createdAt: this.clock.now(),
      editedAt: null,
      deletedAt: null,
      version: 1,
    };
    const existing = await this.comments.insert(doc);
    if (existing && !isRepeat(existing, doc)) {
      const aside = idAside(doc._id, actor.id);
      // Of a comment that they may not read, nobody learns that it is there.
      if (await this.#isReadable(actor, existing.eventId))
        throw new AppError('conflict', 'a comment with this id exists');
      return this.create(actor, eventId, { ...input, id: aside });
    }
    const there = existing ?? doc;
    await Promise.all([
      this.counts.count(eventId, event),
      this.readers.read(eventId, actor.id, there.createdAt, there.createdAt),
    ]);
    return { comment: toComment(there), isNew: !existing };
  }

  async edit(actor: Actor, id: Id, asked: CommentEdit, key?: string): Promise<Comment> {
    const { body, mentionIds, groups, isPublic } = asked;
    await this.#checkMentions(mentionIds);
    const there = await this.comments.get(id);
    if (!there) throw new AppError('not-found', 'no such comment');
    const event = await this.events.readable(actor, there.eventId);
    const shownIn = isPublic ? await this.#orderToShow(actor, event) : undefined;
    const speaks = await this.#speaks(actor, event.projectId ?? there.shownIn ?? null);
    return this.#change(actor, id, {
      who: 'author',
      key,
      asked,
      next: (now, before) => {
        const isReworded = body !== before.body;
        if (isReworded && (isPublic ?? before.isPublic) && !speaks) throw noSpeaker();
        return {
          body,
          terms: termsOfComment(body, before.attachments),
          mentionIds: [...new Set(mentionIds)],
          ...((groups.length > 0 || before.groups) && { groups }),
          ...(isPublic !== undefined && { isPublic }),
          ...(shownIn && { shownIn }),
          // Whom it is for may change without the words.
          ...(isReworded && {
            editedAt: now,
            history: [
              ...(before.history ?? []),
              { at: before.editedAt ?? before.createdAt, body: before.body },
            ].slice(-HISTORY_INSIDE),
          }),
        };
      },
    });
  }

  /** What it said before it was edited, newest first. @throws AppError `not-found` */
  async history(actor: Actor, id: Id): Promise<{ items: CommentVersion[] }> {
    const { history = [] } = await this.readable(actor, id);
    return { items: history.map(({ at, body }) => ({ at: at.toISOString(), body })).reverse() };
  }

  /** Anybody who may read it may put each sign once. @throws AppError `not-found` */
  async react(actor: Actor, id: Id, react: React): Promise<Comment> {
    await this.readable(actor, id);
    const written = await this.comments.react(id, actor.id, react);
    if (!written) throw new AppError('not-found', 'the comment is removed');
    return toComment(written);
  }

  /** @throws AppError `not-found` */
  async read(actor: Actor, eventId: Id, commentId: Id): Promise<Reader> {
    await this.events.readable(actor, eventId);
    const comment = await this.comments.get(commentId);
    if (comment?.eventId !== eventId) throw new AppError('not-found', 'no such comment here');
    await this.readers.read(eventId, actor.id, comment.createdAt);
    return { userId: actor.id, readAt: comment.createdAt.toISOString() };
  }

  /** @throws AppError `not-found` */
  async follow(actor: Actor, eventId: Id, { follows }: Follow): Promise<Follow> {
    await this.events.readable(actor, eventId);
    await this.readers.follow(eventId, actor.id, follows, this.clock.now());
    return { follows };
  }

  /** For the server itself: who is told of comments on some events, and since when; `false`: they are not to be. */
  async followersOf(eventIds: readonly Id[]): Promise<Map<Id, Map<Id, Date | false>>> {
    const followers = new Map<Id, Map<Id, Date | false>>(eventIds.map((id) => [id, new Map()]));
    for (const { eventId, userId, follows, followsAt } of eventIds.length > 0
      ? await this.readers.said(eventIds)
      : [])
      followers.get(eventId)?.set(userId, follows !== false && followsAt ? followsAt : false);
    return followers;
  }

  /** For the page of a customer, of events of their order; what was written to another customer is not for them. */
  shownToCustomer(projectId: Id, eventIds: readonly Id[], limit: number): Promise<CommentDoc[]> {
    return eventIds.length === 0
      ? Promise.resolve([])
      : this.comments.shownToCustomer(projectId, eventIds, limit);
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
      next: (now, { body, terms, mentionIds, groups, attachments, history }) => ({
        body: '',
        terms: [],
        mentionIds: [],
        deletedAt: now,
        deletedBy: actor.id,
        removed: {
          body,
          terms,
          mentionIds,
          ...(groups && { groups }),
          ...(attachments && { attachments }),
          ...(history && { history }),
        },
        ...(groups && { groups: [] }),
        ...(attachments && { attachments: [] }),
        ...(history && { history: [] }),
      }),
    });
  }

  /** As it was, for who has removed it, within the hour. @throws AppError `not-found`, `forbidden` */
  restore(actor: Actor, id: Id, key?: string): Promise<Comment> {
    return this.#change(actor, id, {
      who: 'remover',
      key,
      asked: 'restore',
      next: (now, { removed, deletedAt }) => {
        if (!removed || !deletedAt || now.getTime() - deletedAt.getTime() > RESTORABLE_MS)
          throw new AppError('not-found', 'its words are gone');
        return { ...removed, removed: null, deletedAt: null, deletedBy: null };
      },
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
      if ((before.deletedAt === null) === (who === 'remover'))
        throw new AppError('not-found', 'the comment is removed, or is not');
      const isAllowed =
        who === 'remover'
          ? before.deletedBy === actor.id
          : before.authorId === actor.id ||
            (who === 'author-or-administrator' && actor.roles.includes('administrator'));
      if (!isAllowed) throw new AppError('forbidden', 'not the author');
      const now = this.clock.now();
      const written = await this.comments.write(
        id,
        before.version,
        next(now, before),
        request && { ...request, at: now },
        who === 'remover',
      );
      if (written) {
        await this.counts.count(written.eventId);
        return toComment(written);
      }
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** What is answered stands at the same event. What was sent before is there, whatever has become of that since. */
  async #checkReply(replyToId: Id, eventId: Id, id: Id): Promise<void> {
    const answered = await this.comments.get(replyToId);
    if (answered?.eventId === eventId && !answered.deletedAt) return;
    if (await this.comments.get(id)) return;
    throw refused('replyToId', answered?.eventId === eventId ? 'removed' : 'not-found');
  }

  /** To the customer of which order somebody may show a comment. */
  async #orderToShow(actor: Actor, { projectId }: { projectId?: Id | null }): Promise<Id> {
    if (!projectId) throw refused('isPublic', 'no-order');
    if (!(await this.#speaks(actor, projectId))) throw noSpeaker();
    return projectId;
  }

  /** Who may give out the page of an order may speak to its customer. */
  async #speaks(actor: Actor, projectId: Id | null): Promise<boolean> {
    if (projectId === null) return may(actor, 'directory.write');
    const [project] = await this.projects.byIds([projectId]);
    return project !== undefined && mayOfProject(actor, 'directory.write', project);
  }

  async #checkMentions(ids: Id[]): Promise<void> {
    const known = new Set((await this.users.byIds([...new Set(ids)])).map(({ _id }) => _id));
    const index = ids.findIndex((id) => !known.has(id));
    if (index >= 0) throw refused(`mentionIds.${index}`, 'unknown-user');
  }
}

/** Who hears what is said there without having said anything: of an order or counterparty as a whole, those whose it is. */
export const listenersOf = ({ type, audienceIds }: EventDoc): readonly Id[] =>
  type === 'order.discussed' ? audienceIds : [];

const SAID = ['eventId', 'authorId', 'body', 'mentionIds', 'groups', 'replyToId', 'isPublic'] as const;
const isRepeat = (existing: CommentDoc, sent: CommentDoc): boolean =>
  SAID.every((field) => isDeepStrictEqual(existing[field], sent[field]));

const termsOfComment = (body: string, files: readonly Attachment[] = []): string[] =>
  termsOf(body, ...files.map(({ name }) => name));

const noSpeaker = () => new AppError('forbidden', 'may not speak to the customer');

/** The id of a comment that was given a key instead. */
function idOf(key: string | undefined, event: EventDoc, actor: Actor): Id | undefined {
  return key === undefined ? undefined : derivedId(event.recordedAt, 'comment', event._id, actor.id, key);
}
