import { Controller } from '@nestjs/common';
import { preferencesOf } from '@svodka/shared/contracts/preferences';
import type { SessionDoc, UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentSession, CurrentUser } from '../platform/security/current-user.decorator.ts';
import { InboxService } from './inbox.service.ts';
import { PushService } from './push.service.ts';
import { Snoozes } from './snoozes.service.ts';

@Controller()
export class NoticesController {
  constructor(
    private readonly inbox: InboxService,
    private readonly snoozes: Snoozes,
    private readonly users: UsersService,
    private readonly pushes: PushService,
  ) {}

  @Route('GET /notices')
  page(@Asked() { query }: Asked<'GET /notices'>, @CurrentUser() user: UserDoc) {
    return this.inbox.page(user, query);
  }

  @Route('POST /notices/seen')
  markSeen(@Asked() { body }: Asked<'POST /notices/seen'>, @CurrentUser() user: UserDoc) {
    return this.inbox.markSeen(user._id, body);
  }

  @Route('POST /notices/snooze')
  async snooze(@Asked() { body }: Asked<'POST /notices/snooze'>, @CurrentUser() user: UserDoc) {
    await this.snoozes.putOff(user._id, body);
    return { unread: await this.inbox.unread(user._id) };
  }

  @Route('GET /me/notifications')
  preferences(@CurrentUser() user: UserDoc) {
    return preferencesOf(user.preferences);
  }

  @Route('PATCH /me/notifications')
  editPreferences(@Asked() { body }: Asked<'PATCH /me/notifications'>, @CurrentUser() user: UserDoc) {
    return this.users.editPreferences(user._id, body);
  }

  @Route('GET /me/push')
  async pushKey() {
    return { publicKey: (await this.pushes.keys()).publicKey };
  }

  @Route('POST /me/push')
  tellHere(@Asked() { body }: Asked<'POST /me/push'>, @CurrentSession() session: SessionDoc) {
    return this.pushes.add(session, body);
  }

  @Route('DELETE /me/push')
  tellHereNoMore(@CurrentSession() session: SessionDoc) {
    return this.pushes.forgetOf(session._id);
  }
}
