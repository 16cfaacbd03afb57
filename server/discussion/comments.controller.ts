import { Controller, Res } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CommentsService } from './comments.service.ts';

@Controller()
export class CommentsController {
  constructor(
    private readonly comments: CommentsService,
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
    if (body.mentionIds.length > 0) this.limits.loud(user._id);
    const { comment, isNew } = await this.comments.create(actorOf(user), id, body, key);
    if (!isNew) response.status(200);
    return comment;
  }

  @Route('PATCH /comments/:id')
  edit(@Asked() { id, body, key }: Asked<'PATCH /comments/:id'>, @CurrentUser() user: UserDoc) {
    if (body.mentionIds.length > 0) this.limits.loud(user._id);
    return this.comments.edit(actorOf(user), id, body, key);
  }

  @Route('DELETE /comments/:id')
  remove(@Asked() { id, key }: Asked<'DELETE /comments/:id'>, @CurrentUser() user: UserDoc) {
    return this.comments.remove(actorOf(user), id, key);
  }
}
