import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { type CommentDoc, toComment } from './comment.schema.ts';
import { discussionOf } from './discussions.service.ts';

/** Tells comments to those who have their event open (F19 of the feeds). */
@Injectable()
export class CommentNews implements ChangeListener, OnModuleInit {
  readonly collections = ['comments'] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ after }: Change): Promise<void> {
    if (!after || this.sockets.hasNobody) return;
    const comment = toComment(after as CommentDoc);
    this.sockets.server.to(discussionOf(comment.eventId)).emit('comment.changed', comment);
  }
}
