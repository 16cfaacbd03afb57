import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { CommentCounts } from './comment-counts.service.ts';
import { CommentsController } from './comments.controller.ts';
import { CommentsRepository } from './comments.repository.ts';
import { CommentsService } from './comments.service.ts';

@Module({
  imports: [AccountsModule, DirectoryModule, EventsModule],
  controllers: [CommentsController],
  providers: [CommentsRepository, CommentCounts, CommentsService],
  exports: [CommentsRepository, CommentsService],
})
export class DiscussionModule {}
