import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CommentCounts } from './comment-counts.service.ts';
import { CommentNews } from './comment-news.ts';
import { CommentsController } from './comments.controller.ts';
import { CommentsRepository } from './comments.repository.ts';
import { CommentsService } from './comments.service.ts';
import { DiscussionsGateway } from './discussions.gateway.ts';
import { DiscussionsService } from './discussions.service.ts';
import { ReadersRepository } from './readers.repository.ts';
import { WholeDiscussions } from './whole-discussions.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule, RefsModule, EventsModule],
  controllers: [CommentsController],
  providers: [
    CommentsRepository,
    ReadersRepository,
    WholeDiscussions,
    CommentCounts,
    CommentsService,
    CommentNews,
    DiscussionsService,
    DiscussionsGateway,
  ],
  exports: [CommentsService, DiscussionsService, WholeDiscussions],
})
export class DiscussionModule {}
