import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { type CommentDoc, READERS, type ReaderDoc, toComment } from './comment.schema.ts';
import { discussionOf } from './discussions.service.ts';
import { toReader } from './readers.repository.ts';

/** Tells comments, and who has read them, to those who have their event open (F19 of the feeds). */
@Injectable()
export class CommentNews implements ChangeListener, OnModuleInit {
  readonly collections = ['comments', READERS] as const;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ collection, after }: Change): Promise<void> {
    if (!after || this.sockets.hasNobody) return;
    const { eventId } = after as CommentDoc | ReaderDoc;
    const readers = this.sockets.server.to(discussionOf(eventId));
    if (collection === 'comments') readers.emit('comment.changed', toComment(after as CommentDoc));
    else
      for (const reader of toReader(after as ReaderDoc)) readers.emit('comments.read', { eventId, reader });
  }
}
