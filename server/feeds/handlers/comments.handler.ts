import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type CommentDoc, toComment } from '../../discussion/comment.schema.ts';
import { Sockets } from '../../platform/sockets/sockets.service.ts';
import type { Change, ChangeHandler } from '../change.ts';
import { discussionOf } from '../discussions.service.ts';
import { PublisherService } from '../publisher.service.ts';

/** Tells comments to those who have their event open (F19). */
@Injectable()
export class CommentsHandler implements ChangeHandler, OnModuleInit {
  readonly collections = ['comments'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly publisher: PublisherService,
  ) {}

  onModuleInit(): void {
    this.publisher.register(this);
  }

  async tell({ after }: Change): Promise<void> {
    if (!after) return;
    const comment = toComment(after as CommentDoc);
    this.sockets.server.to(discussionOf(comment.eventId)).emit('comment.changed', comment);
  }
}
