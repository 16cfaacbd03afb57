import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { NoticeQuerySchema, type NoticesSeen, NoticesSeenSchema } from '@svodka/shared/contracts/notice';
import type { z } from 'zod';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { InboxService } from './inbox.service.ts';

@Controller('notices')
export class NoticesController {
  constructor(private readonly inbox: InboxService) {}

  @Get()
  @Allow('signed-in')
  page(
    @CurrentUser() user: UserDoc,
    @Query({ schema: NoticeQuerySchema }) query: z.infer<typeof NoticeQuerySchema>,
  ) {
    return this.inbox.page(user, query);
  }

  @Post('seen')
  @HttpCode(200)
  @Allow('signed-in')
  markSeen(
    @CurrentUser() user: UserDoc,
    @Body({ schema: NoticesSeenSchema }) body: NoticesSeen,
  ): Promise<{ unread: number }> {
    return this.inbox.markSeen(user._id, body);
  }
}
