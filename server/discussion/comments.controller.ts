import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  type BlindQuery,
  BlindQuerySchema,
  type Comment,
  type CommentCreate,
  CommentCreateSchema,
  type CommentEdit,
  CommentEditSchema,
  type CommentFound,
  type CommentSearch,
  CommentSearchSchema,
} from '@svodka/shared/contracts/comment';
import { PageQuerySchema } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { z } from 'zod';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { idempotencyKey } from '../platform/http/idempotency-key.ts';
import type { Response } from '../platform/http/request.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CommentsService } from './comments.service.ts';

@Controller()
export class CommentsController {
  constructor(
    private readonly comments: CommentsService,
    private readonly limits: PersonLimits,
  ) {}

  @Get('events/:id/comments')
  @Allow('signed-in')
  page(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) eventId: Id,
    @Query({ schema: PageQuerySchema }) query: z.infer<typeof PageQuerySchema>,
  ) {
    return this.comments.page(actorOf(user), eventId, query);
  }

  @Get('comments')
  @Allow('signed-in')
  search(
    @CurrentUser() user: UserDoc,
    @Query({ schema: CommentSearchSchema }) query: CommentSearch,
  ): Promise<{ items: CommentFound[]; refs: Refs }> {
    return this.comments.search(actorOf(user), query, user.tz);
  }

  @Get('events/:id/blind')
  @Allow('signed-in')
  blind(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) eventId: Id,
    @Query({ schema: BlindQuerySchema }) { ids }: BlindQuery,
  ): Promise<{ blind: Id[] }> {
    return this.comments.blind(actorOf(user), eventId, ids);
  }

  @Post('events/:id/comments')
  @Allow('signed-in')
  async create(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) eventId: Id,
    @Body({ schema: CommentCreateSchema }) body: CommentCreate,
    @Res({ passthrough: true }) response: Response,
    @Headers('idempotency-key') key?: string,
  ): Promise<Comment> {
    if (body.mentionIds.length > 0) this.limits.loud(user._id);
    const { comment, isNew } = await this.comments.create(actorOf(user), eventId, body, idempotencyKey(key));
    response.status(isNew ? 201 : 200);
    return comment;
  }

  @Patch('comments/:id')
  @Allow('signed-in')
  edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: CommentEditSchema }) body: CommentEdit,
    @Headers('idempotency-key') key?: string,
  ): Promise<Comment> {
    if (body.mentionIds.length > 0) this.limits.loud(user._id);
    return this.comments.edit(actorOf(user), id, body, idempotencyKey(key));
  }

  @Delete('comments/:id')
  @Allow('signed-in')
  remove(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('idempotency-key') key?: string,
  ): Promise<Comment> {
    return this.comments.remove(actorOf(user), id, idempotencyKey(key));
  }
}
