import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { mongo } from 'mongoose';
import { UsersService } from '../accounts/users.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { Scopes } from '../directory/scopes.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { concernsTeam, decideComment, decideEvent, FRESH_MS, type Intent, type Team } from './decide.ts';
import { maySee } from './may-see.ts';
import type { NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService, type Told } from './outbox.service.ts';
import { RelayService } from './relay.service.ts';
import { SubjectsRepository } from './subjects.repository.ts';

/** One entry of the change log, as far as decisions look at it. */
export type Change = mongo.ChangeStreamDocument & {
  _id: mongo.ResumeToken;
  ns?: { coll?: string };
  documentKey?: { _id: Id };
  fullDocument?: EventDoc | CommentDoc | null;
  fullDocumentBeforeChange?: EventDoc | CommentDoc | null;
};

/** What a document was and is. `before` null: it is new, or what it was is not known. */
type Step<D> = { before: D | null; after: D };
type Due = { intent: Intent; event: EventDoc };

const NOBODY: Team = { managerId: null, appointedIds: [] };
const BATCH = 200;

/**
 * Turns stored changes into notices, many at a time, because a thousand deadlines may fall into one minute.
 * Everything it does may be done twice (SPEC N6, N8).
 */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly subjects: SubjectsRepository,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly notices: NoticesRepository,
    private readonly outbox: OutboxService,
    private readonly relay: RelayService,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  async decide(changes: readonly Change[]): Promise<void> {
    const events: Step<EventDoc>[] = [];
    const comments: Step<CommentDoc>[] = [];
    for (const { ns, documentKey, fullDocument, fullDocumentBeforeChange: before = null } of changes) {
      if (!documentKey) continue;
      // A missing image (expired, or over the limit) is made up for by the present state.
      if (ns?.coll === 'events') {
        const after = (fullDocument as EventDoc | null) ?? (await this.subjects.event(documentKey._id));
        if (after) events.push({ before: before as EventDoc | null, after });
      } else {
        const after = (fullDocument as CommentDoc | null) ?? (await this.subjects.comment(documentKey._id));
        if (after) comments.push({ before: before as CommentDoc | null, after });
      }
    }
    await this.#tell([...(await this.#ofEvents(events)), ...(await this.#ofComments(comments))]);
  }

  /** Decides again about everything that may have had its moment in the last 24 h. */
  async catchUp(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - FRESH_MS);
    for await (const events of batches(this.subjects.eventsSince(since))) {
      await this.#tell(await this.#ofEvents(events.map((after) => ({ before: null, after }))));
    }
    for await (const comments of batches(this.subjects.commentsSince(since))) {
      await this.#tell(await this.#ofComments(comments.map((after) => ({ before: null, after }))));
    }
  }

  async #ofEvents(steps: Step<EventDoc>[]): Promise<Due[]> {
    const concerned = steps.filter(({ before, after }) => concernsTeam(before, after));
    const projectIds = new Set(concerned.flatMap(({ after }) => after.projectId ?? []));
    const projects = await this.projects.byIds([...projectIds]);
    const teams = new Map<Id | null, Team>(projects.map((project) => [project._id, project]));
    const now = this.clock.now();
    return concerned.flatMap(({ before, after }) =>
      decideEvent(before, after, { team: teams.get(after.projectId) ?? NOBODY, now }).map((intent) => ({
        intent,
        event: after,
      })),
    );
  }

  async #ofComments(steps: Step<CommentDoc>[]): Promise<Due[]> {
    const intents = steps.flatMap(({ before, after }) => decideComment(before, after));
    const events = await this.subjects.events(intents.map(({ eventId }) => eventId));
    const byId = new Map(events.map((event) => [event._id, event]));
    return intents.flatMap((intent) => {
      const event = byId.get(intent.eventId);
      return event ? [{ intent, event }] : [];
    });
  }

  async #tell(dues: Due[]): Promise<void> {
    if (dues.length === 0) return;
    const now = this.clock.now();
    const users = await this.users.byIds([...new Set(dues.map(({ intent }) => intent.userId))]);
    const byId = new Map(users.map((user) => [user._id, user]));
    const told = dues.flatMap(({ intent: { id, ...intent }, event }): Told[] => {
      const user = byId.get(intent.userId);
      if (!user || !maySee(user, event, this.scopes)) return [];
      const notice: NoticeDoc = { _id: id, ...intent, createdAt: now, seenAt: null, version: 1 };
      return [{ notice, user, event }];
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
