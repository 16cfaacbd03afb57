import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { mongo } from 'mongoose';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { concernsTeam, decideComment, decideEvent, FRESH_MS, type Intent, type Team } from './decide.ts';
import { maySee } from './may-see.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';
import { SubjectsRepository } from './subjects.repository.ts';

/** One entry of the change log, as far as decisions look at it. */
export type Change = mongo.ChangeStreamDocument & {
  _id: mongo.ResumeToken;
  ns?: { coll?: string };
  documentKey?: { _id: Id };
  fullDocument?: EventDoc | CommentDoc | null;
  fullDocumentBeforeChange?: EventDoc | CommentDoc | null;
};

const NOBODY: Team = { managerId: null, appointedIds: [] };

/** Turns stored changes into notices. Everything it does may be done twice (SPEC N6, N8). */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly subjects: SubjectsRepository,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly notices: NoticesRepository,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  async decide(change: Change): Promise<void> {
    const id = change.documentKey?._id;
    if (!id) return;
    const before = change.fullDocumentBeforeChange ?? null;
    if (change.ns?.coll === 'events') {
      // A missing image (expired, or over the limit) is made up for by the present state.
      const after = (change.fullDocument as EventDoc | undefined) ?? (await this.subjects.event(id));
      if (after) await this.#decideEvent(before as EventDoc | null, after);
    } else {
      const after = (change.fullDocument as CommentDoc | undefined) ?? (await this.subjects.comment(id));
      if (after) await this.#decideComment(before as CommentDoc | null, after);
    }
  }

  /** Decides again about everything that may have had its moment in the last 24 h. */
  async catchUp(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - FRESH_MS);
    for await (const event of this.subjects.eventsSince(since)) await this.#decideEvent(null, event);
    for await (const comment of this.subjects.commentsSince(since)) await this.#decideComment(null, comment);
  }

  async #decideEvent(before: EventDoc | null, after: EventDoc): Promise<void> {
    if (!concernsTeam(before, after)) return;
    const intents = decideEvent(before, after, {
      team: await this.#teamOf(after.projectId),
      now: this.clock.now(),
    });
    await this.#tell(intents, after);
  }

  async #decideComment(before: CommentDoc | null, after: CommentDoc): Promise<void> {
    const intents = decideComment(before, after);
    const event = intents.length > 0 ? await this.subjects.event(after.eventId) : null;
    if (event) await this.#tell(intents, event);
  }

  async #tell(intents: Intent[], event: EventDoc): Promise<void> {
    if (intents.length === 0) return;
    const now = this.clock.now();
    const users = await this.users.byIds(intents.map(({ userId }) => userId));
    const byId = new Map<Id, UserDoc>(users.map((user) => [user._id, user]));
    for (const { id, ...intent } of intents) {
      const user = byId.get(intent.userId);
      if (!user || !maySee(user, event, now)) continue;
      const notice = { _id: id, ...intent, createdAt: now, seenAt: null, version: 1 };
      const isNew = await this.notices.insert(notice);
      // A repetition goes on with the notice as it is stored: it may be older, and seen.
      const stored = isNew ? notice : await this.notices.get(id);
      if (stored) await this.outbox.queue(stored, user, event);
    }
  }

  async #teamOf(projectId: Id | null): Promise<Team> {
    if (!projectId) return NOBODY;
    const [project] = await this.projects.byIds([projectId]);
    return project ?? NOBODY;
  }
}
