import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeReason } from '@svodka/shared/contracts/notice';
import { preferencesOf } from '@svodka/shared/contracts/preferences';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { AppConfig } from '../platform/config/config.ts';
import type { Content } from './channel.ts';
import { LettersService } from './letters.service.ts';
import type { DeliveryDoc, NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { Following } from './rules/following.ts';
import { RulesRepository } from './rules/rules.repository.ts';

type DueReason = Extract<NoticeReason, 'approaching' | 'due' | 'overdue'>;

/** A rule may speak of a deadline, or of a planned day, before the event itself says that it is near. */
function isStillDue({ dueAt, dueState, status }: EventDoc, reason: DueReason, at: Date): boolean {
  if (dueAt === null) return reason === 'approaching';
  const isNear =
    dueState === reason || (reason === 'approaching' && dueState === 'none' && status !== 'recorded');
  return isNear && dueAt.getTime() === at.getTime();
}

type Ready = { notice: NoticeDoc; user: UserDoc; event: EventDoc };

/** What deliveries to staff and to other programs say: everything is read again just before they go (SPEC D2). */
@Injectable()
export class NoticeContents {
  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly notices: NoticesRepository,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly letters: LettersService,
    private readonly rules: RulesRepository,
    private readonly following: Following,
    private readonly scopes: Scopes,
    private readonly config: AppConfig,
  ) {}

  /** For a person: of what was gathered, whatever is still so and unseen. */
  async toPerson(delivery: DeliveryDoc, others: readonly DeliveryDoc[]): Promise<Content | string> {
    const [[user], notices] = await Promise.all([
      this.users.byIds(delivery.userId ? [delivery.userId] : []),
      this.notices.byIds([delivery, ...others].flatMap(({ noticeId }) => noticeId ?? [])),
    ]);
    if (!user) return 'no-access';
    const isMail = (delivery.channel ?? 'mail') === 'mail';
    if (isMail && user.email && user.deadEmail === user.email && !delivery.isAsked) return 'dead-email';
    const ready: Ready[] = [];
    let why = 'no-access';
    const events = new Map(
      (await this.events.byIds(notices.map(({ eventId }) => eventId))).map((event) => [event._id, event]),
    );
    for (const notice of notices.sort((a, b) => +a.createdAt - +b.createdAt)) {
      const event = events.get(notice.eventId);
      const not = await this.#whyNot(notice, user, event, delivery.isAsked);
      if (not) why = not;
      else if (event) ready.push({ notice, user, event });
    }
    const [first, ...rest] = ready;
    if (!first) return why;
    if (isMail && !user.email) return 'no-email';
    const write = await this.letters.writerFor(ready);
    const orders = new Set(ready.map(({ event }) => event.projectId));
    const [order] = orders;
    return {
      to: isMail ? (user.email ?? '') : user.name,
      name: user.name,
      locale: user.locale,
      ...write(first, ...rest),
      path: rest.length > 0 ? '/inbox' : `/events/${first.event._id}`,
      thread: order && orders.size === 1 ? `order-${order}` : undefined,
    };
  }

  /** For another program: what happened, by the names that the API has for it. */
  async toProgram({ noticeId }: DeliveryDoc): Promise<Content | string> {
    const [notice] = await this.notices.byIds(noticeId ? [noticeId] : []);
    const [event] = notice ? await this.events.byIds([notice.eventId]) : [];
    if (!notice || !event || event.deletedAt) return 'no-access';
    if (await this.#isStale(notice, event)) return 'stale';
    const [project] = await this.projects.byIds(event.projectId ? [event.projectId] : []);
    const {
      _id: id,
      type,
      module,
      title,
      importance,
      occurredAt,
      dueAt,
      dueState,
      status,
      projectId,
    } = event;
    const path = `/events/${id}`;
    const said = {
      type: `notice.${notice.reason}`,
      timestamp: notice.createdAt,
      data: {
        event: { id, type, module, title, importance, occurredAt, dueAt, dueState, status, projectId },
        orderNumber: project?.number ?? null,
        url: `${this.config.baseUrl}${path}`,
      },
    };
    const to = this.config.webhook ? new URL(this.config.webhook.url).host : '';
    return { to, name: to, locale: 'en', subject: said.type, text: JSON.stringify(said), brief: title, path };
  }

  /** A letter to whoever asks for one, to try the way. */
  async trial({ userId, channel, subject, text, html }: DeliveryDoc): Promise<Content | string> {
    const [user] = await this.users.byIds(userId ? [userId] : []);
    if (!user || user.disabledAt) return 'no-access';
    const { email, name, locale } = user;
    if (!email && channel !== 'push') return 'no-email';
    const to = email ?? '';
    return { to, name, locale, subject, text, ...(html && { html }), brief: text, path: '/mail' };
  }

  async #whyNot(notice: NoticeDoc, user: UserDoc, event: EventDoc | undefined, isAsked: boolean) {
    if (notice.snooze && !isAsked) return 'snoozed';
    if (notice.seenAt && !isAsked) return 'seen';
    if (!event || !maySee(user, event, this.scopes)) return 'no-access';
    // Muted since, while it waited.
    const { muted } = preferencesOf(user.preferences);
    if (notice.reason !== 'mention' && event.projectId && muted.includes(event.projectId) && !isAsked)
      return 'muted';
    return (await this.#isStale(notice, event)) ? 'stale' : null;
  }

  /** A letter about a deadline that has moved or gone on, or about a comment that is removed, says what is not so. */
  async #isStale({ reason, at, commentId, ruleIds }: NoticeDoc, event: EventDoc): Promise<boolean> {
    switch (reason) {
      case 'occurred':
      case 'changed':
        return false;
      // Who comes next, and who waits for what did not follow, is called for as long as nobody has done anything.
      case 'escalated':
        return event.status === 'resolved';
      case 'absent':
        return event.status === 'resolved' || (await this.#hasFollowed(event, ruleIds));
      case 'approaching':
      case 'due':
      case 'overdue':
        return !isStillDue(event, reason, at);
      case 'mention':
      case 'comment': {
        const [comment] = await this.comments.byIds(commentId ? [commentId] : []);
        return !comment || comment.deletedAt !== null;
      }
    }
  }

  /** Whether what its rules waited for is there, as far as they wait for it still. */
  async #hasFollowed(event: EventDoc, ruleIds: readonly Id[] = []): Promise<boolean> {
    const rules = await this.rules.byIds(ruleIds);
    const awaited = rules.flatMap(({ trigger }) => (trigger.on === 'absent' ? [trigger.awaits] : []));
    return awaited.length > 0 && this.following.isFollowed(event, [...new Set(awaited)]);
  }
}
