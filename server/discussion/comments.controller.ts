import { Controller, Res } from '@nestjs/common';
import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { toWire } from '../events/event.mapper.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CommentsService } from './comments.service.ts';
import { WholeDiscussions } from './whole-discussions.service.ts';

@Controller()
export class CommentsController {
  constructor(
    private readonly comments: CommentsService,
    private readonly wholes: WholeDiscussions,
    private readonly limits: PersonLimits,
  ) {}

  @Route('GET /events/:id/comments')
  page(@Asked() { id, query }: Asked<'GET /events/:id/comments'>, @CurrentUser() user: UserDoc) {
    return this.comments.page(actorOf(user), id, query);
  }

  @Route('GET /comments')
  search(@Asked() { query }: Asked<'GET /comments'>, @CurrentUser() user: UserDoc) {
    return this.comments.search(actorOf(user), query, user);
  }

  @Route('GET /events/:id/blind')
  blind(@Asked() { id, query }: Asked<'GET /events/:id/blind'>, @CurrentUser() user: UserDoc) {
    return this.comments.blind(actorOf(user), id, query.ids);
  }

  @Route('POST /events/:id/comments')
  async create(
    @Asked() { id, body, key }: Asked<'POST /events/:id/comments'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    this.#calls(user, body);
    const { comment, isNew } = await this.comments.create(actorOf(user), id, body, key);
    if (!isNew) response.status(200);
    return comment;
  }

  @Route('PATCH /comments/:id')
  async edit(@Asked() { id, body, key }: Asked<'PATCH /comments/:id'>, @CurrentUser() user: UserDoc) {
    // Whom it names already nobody is called to again.
    const [before] = await this.comments.byIds([id]);
    this.#calls(user, body, before);
    return this.comments.edit(actorOf(user), id, body, key);
  }

  @Route('GET /comments/:id/history')
  history(@Asked() { id }: Asked<'GET /comments/:id/history'>, @CurrentUser() user: UserDoc) {
    return this.comments.history(actorOf(user), id);
  }

  @Route('POST /comments/:id/reactions')
  react(@Asked() { id, body }: Asked<'POST /comments/:id/reactions'>, @CurrentUser() user: UserDoc) {
    return this.comments.react(actorOf(user), id, body);
  }

  @Route('POST /comments/:id/restore')
  restore(@Asked() { id, key }: Asked<'POST /comments/:id/restore'>, @CurrentUser() user: UserDoc) {
    return this.comments.restore(actorOf(user), id, key);
  }

  @Route('POST /events/:id/read')
  read(@Asked() { id, body }: Asked<'POST /events/:id/read'>, @CurrentUser() user: UserDoc) {
    return this.comments.read(actorOf(user), id, body.commentId);
  }

  @Route('POST /events/:id/follow')
  follow(@Asked() { id, body }: Asked<'POST /events/:id/follow'>, @CurrentUser() user: UserDoc) {
    return this.comments.follow(actorOf(user), id, body);
  }

  @Route('GET /projects/:id/discussion')
  async ofOrder(@Asked() { id }: Asked<'GET /projects/:id/discussion'>, @CurrentUser() user: UserDoc) {
    const event = await this.wholes.read(actorOf(user), { kind: 'project', id });
    return { event: event && toWire(event) };
  }

  @Route('POST /projects/:id/discussion')
  async sayOfOrder(
    @Asked() { id, body, key }: Asked<'POST /projects/:id/discussion'>,
    @CurrentUser() user: UserDoc,
  ) {
    this.#calls(user, body);
    return { event: toWire(await this.wholes.say(actorOf(user), { kind: 'project', id }, body, key)) };
  }

  @Route('GET /counterparties/:id/discussion')
  async ofParty(@Asked() { id }: Asked<'GET /counterparties/:id/discussion'>, @CurrentUser() user: UserDoc) {
    const event = await this.wholes.read(actorOf(user), { kind: 'counterparty', id });
    return { event: event && toWire(event) };
  }

  @Route('POST /counterparties/:id/discussion')
  async sayOfParty(
    @Asked() { id, body, key }: Asked<'POST /counterparties/:id/discussion'>,
    @CurrentUser() user: UserDoc,
  ) {
    this.#calls(user, body);
    return { event: toWire(await this.wholes.say(actorOf(user), { kind: 'counterparty', id }, body, key)) };
  }

  @Route('DELETE /comments/:id')
  remove(@Asked() { id, key }: Asked<'DELETE /comments/:id'>, @CurrentUser() user: UserDoc) {
    return this.comments.remove(actorOf(user), id, key);
  }

  /** Whoever is named is told by every way: no more than so many at once. A group is one name. */
  #calls(user: UserDoc, { mentionIds, groups }: Named, before?: Named): void {
    const known = namesOf(before ?? { mentionIds: [] });
    this.limits.loud(
      user._id,
      [...namesOf({ mentionIds, groups })].filter((name) => !known.has(name)).length,
    );
  }
}

type Named = { mentionIds: readonly Id[]; groups?: readonly MentionGroup[] | undefined };
const namesOf = ({ mentionIds, groups = [] }: Named): Set<string> =>
  new Set([...mentionIds, ...groups.map((group) => JSON.stringify({ ...group, name: '' }))]);
