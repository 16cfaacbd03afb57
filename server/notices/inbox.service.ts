import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticesSeen, NoticeView } from '@svodka/shared/contracts/notice';
import type { Refs } from '@svodka/shared/contracts/refs';
import { withoutMarkup } from '@svodka/shared/rules/markup';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { Scopes } from '../entries/scopes.ts';
import { toWire } from '../events/event.mapper.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { Clock } from '../platform/clock.ts';
import { RefsService } from '../refs/refs.service.ts';
import { type NoticeDoc, toNotice } from './notice.schema.ts';
import { type InboxQuery, NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';

/** One person's inbox. What its rows show of events and comments is what the person may see now. */
@Injectable()
export class InboxService {
  constructor(
    private readonly notices: NoticesRepository,
    private readonly outbox: OutboxService,
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly refs: RefsService,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  async page(
    user: UserDoc,
    query: InboxQuery,
  ): Promise<{ items: NoticeView[]; next: string | null; refs: Refs; unread: number }> {
    const [{ docs, next }, unread] = await Promise.all([
      this.notices.page(user._id, query),
      this.unread(user._id),
    ]);
    const items = await this.views(docs, user);
    return { items, next, unread, refs: await this.refsOf(items, user) };
  }

  /** Marks the person's own notices as seen and says how many are left. */
  async markSeen(userId: Id, which: NoticesSeen): Promise<{ unread: number }> {
    await this.notices.markSeen(userId, which, this.clock.now());
    await this.outbox.seen(userId);
    return { unread: await this.unread(userId) };
  }

  unread(userId: Id): Promise<number> {
    return this.notices.countUnread(userId);
  }

  /** Notices as their owner may see them: an event or comment that is out of reach by now is null. */
  async views(notices: NoticeDoc[], user: UserDoc): Promise<NoticeView[]> {
    const [events, comments] = await Promise.all([
      this.events.byIds(notices.map(({ eventId }) => eventId)),
      this.comments.byIds(notices.flatMap(({ commentId }) => commentId ?? [])),
    ]);
    const eventById = new Map(events.map((event) => [event._id, event]));
    const commentById = new Map(comments.map((comment) => [comment._id, comment]));
    return notices.map((notice) => {
      const event = eventById.get(notice.eventId);
      const comment = notice.commentId ? commentById.get(notice.commentId) : undefined;
      const isVisible = event !== undefined && maySee(user, event, this.scopes);
      return {
        ...toNotice(notice),
        event: isVisible ? toWire(event) : null,
        comment:
          isVisible && comment && !comment.deletedAt
            ? { authorId: comment.authorId, body: withoutMarkup(comment.body) }
            : null,
      };
    });
  }

  /** What the rows name: the projects, counterparties and people of their events, and who wrote the comments. */
  refsOf(views: NoticeView[], user: UserDoc): Promise<Refs> {
    return this.refs.refsOf(actorOf(user), {
      events: views.flatMap(({ event }) => event ?? []),
      userIds: views.flatMap(({ comment }) => comment?.authorId ?? []),
    });
  }
}
