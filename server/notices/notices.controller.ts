import { Controller } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { InboxService } from './inbox.service.ts';

@Controller()
export class NoticesController {
  constructor(private readonly inbox: InboxService) {}

  @Route('GET /notices')
  page(@Asked() { query }: Asked<'GET /notices'>, @CurrentUser() user: UserDoc) {
    return this.inbox.page(user, query);
  }

  @Route('POST /notices/seen')
  markSeen(@Asked() { body }: Asked<'POST /notices/seen'>, @CurrentUser() user: UserDoc) {
    return this.inbox.markSeen(user._id, body);
  }
}
