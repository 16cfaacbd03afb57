import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { UsersService } from '../accounts/users.service.ts';
import type { Change } from '../changes/change.ts';
import { CustomerLetters, isCustomerNews } from '../customers/customer-letters.service.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import {
  begun,
  concernsTeam,
  decideComment,
  decideEvent,
  FRESH_MS,
  type Intent,
  isAnnounced,
  type Team,
  toldBy,
  turnsByItself,
} from './decide.ts';
import type { NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService, type Told } from './outbox.service.ts';
import { RelayService } from './relay.service.ts';
import { RestoredCopy } from './restored-copy.ts';

/** What a document was and is. `before` null: it is new, or what it was is not known. */
type Step<D> = { before: D | null; after: D; at: Date };
/** `since`: when there was reason to tell it. */
type Due = { intent: Intent; event: EventDoc; since: Date };

const NOBODY: Team = { managerId: null, appointedIds: [] };
const BATCH = 200;

/**
 * Turns stored changes into notices, many at a time, because a thousand deadlines may fall into one minute.
 * Everything it does may be done twice (SPEC N6, N8).
 */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly notices: NoticesRepository,
    private readonly outbox: OutboxService,
    private readonly relay: RelayService,
    private readonly customers: CustomerLetters,
    private readonly restored: RestoredCopy,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  async decide(changes: readonly Change[]): Promise<void> {
    const events: Step<EventDoc>[] = [];
    const comments: Step<CommentDoc>[] = [];
    for (const { collection, id, before, after: image, at: writtenAt } of changes) {
      const at = writtenAt ?? this.clock.now();
      // A missing image (expired, or over the limit) is made up for by the present state.
      if (collection === 'events') {
        const after = (image as EventDoc | null) ?? (await this.events.byIds([id]))[0];
        if (after) events.push({ before: before as EventDoc | null, after, at });
      } else {
        const after = (image as CommentDoc | null) ?? (await this.comments.byIds([id]))[0];
        if (after) comments.push({ before: before as CommentDoc | null, after, at });
      }
    }
    const teams = await this.#teamsOf(events);
    await this.#tell([...this.#ofEvents(events, teams), ...(await this.#ofComments(comments))]);
    await this.#tellCustomers(events);
    for (const { before, after } of events) {
      const turn = turnsByItself(before, after);
      if (!turn) continue;
      const ids = toldBy(after, teams.get(after.projectId) ?? NOBODY);
      await this.notices.turn(ids, turn === 'closed' ? this.clock.now() : null);
    }
  }

  /** Decides again about everything that may have had its moment in the last 24 h. */
  async catchUp(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - FRESH_MS);
    for await (const events of batches(this.events.momentsSince(since))) {
      const steps = events.map((after) => ({ before: null, after, at: after.recordedAt }));
      await this.#tell(this.#ofEvents(steps, await this.#teamsOf(steps)));
      await this.#tellCustomers(steps);
    }
    for await (const comments of batches(this.comments.writtenSince(since))) {
      await this.#tell(
        await this.#ofComments(comments.map((after) => ({ before: null, after, at: after.createdAt }))),
      );
    }
  }

  /** The teams of the orders about which there may be something to tell. */
  async #teamsOf(steps: readonly Step<EventDoc>[]): Promise<Map<Id | null, Team>> {
    const concerned = steps.filter(({ before, after }) => concernsTeam(before, after));
    const projectIds = new Set(concerned.flatMap(({ after }) => after.projectId ?? []));
    const projects = await this.projects.byIds([...projectIds]);
    return new Map<Id | null, Team>(projects.map((project) => [project._id, project]));
  }

  #ofEvents(steps: readonly Step<EventDoc>[], teams: ReadonlyMap<Id | null, Team>): Due[] {
    const now = this.clock.now();
    return steps.flatMap(({ before, after, at }) =>
      decideEvent(before, after, { team: teams.get(after.projectId) ?? NOBODY, now }).map((intent) => ({
        intent,
        event: after,
        since: isAnnounced(intent.reason) ? (begun(after, intent.reason) ?? at) : at,
      })),
    );
  }

  async #ofComments(steps: Step<CommentDoc>[]): Promise<Due[]> {
    const found = steps.flatMap(({ before, after, at }) =>
      decideComment(before, after).map((intent) => ({ intent, since: at })),
    );
    const events = await this.events.byIds(found.map(({ intent }) => intent.eventId));
    const byId = new Map(events.map((event) => [event._id, event]));
    return found.flatMap(({ intent, since }) => {
      const event = byId.get(intent.eventId);
      return event ? [{ intent, event, since }] : [];
    });
  }

  /** What is news to the customers of orders; imported history is none. */
  async #tellCustomers(steps: readonly Step<EventDoc>[]): Promise<void> {
    const now = this.clock.now().getTime();
    const news = steps.filter(
      ({ before, after }) => isCustomerNews(before, after) && now - after.occurredAt.getTime() < FRESH_MS,
    );
    const since = new Map(news.map(({ after, at }) => [after._id, at]));
    const letters = await this.customers.wanted(news.map(({ after }) => after));
    await this.outbox.queueForCustomers(
      letters.map(({ event, letter }) => ({
        letter,
        event,
        isHeld: this.restored.mayHaveTold(since.get(event._id) ?? event.recordedAt),
      })),
    );
    if (letters.length > 0) this.relay.wake();
  }

  async #tell(dues: Due[]): Promise<void> {
    if (dues.length === 0) return;
    const now = this.clock.now();
    const users = await this.users.byIds([...new Set(dues.map(({ intent }) => intent.userId))]);
    const byId = new Map(users.map((user) => [user._id, user]));
    const told = dues.flatMap(({ intent: { id, ...intent }, event, since }): Told[] => {
      const user = byId.get(intent.userId);
      if (!user || !maySee(user, event, this.scopes)) return [];
      const notice: NoticeDoc = { _id: id, ...intent, createdAt: now, seenAt: null, version: 1 };
      return [{ notice, user, event, isHeld: this.restored.mayHaveTold(since) }];
    });
    await this.notices.insertNew(told.map(({ notice }) => notice));
    await this.outbox.queue(told);
    this.relay.wake();
  }
}

async function* batches<D>(docs: AsyncIterable<D>): AsyncGenerator<D[]> {
  let batch: D[] = [];
  for await (const doc of docs) {
    batch.push(doc);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
