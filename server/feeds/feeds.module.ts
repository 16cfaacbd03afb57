import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { NoticesModule } from '../notices/notices.module.ts';
import { SocketSignIn } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { BoundariesService } from './boundaries.service.ts';
import { DiscussionsService } from './discussions.service.ts';
import { FeedsGateway } from './feeds.gateway.ts';
import { AccountsHandler } from './handlers/accounts.handler.ts';
import { CommentsHandler } from './handlers/comments.handler.ts';
import { ImportsHandler } from './handlers/imports.handler.ts';
import { NamesHandler } from './handlers/names.handler.ts';
import { NoticesHandler } from './handlers/notices.handler.ts';
import { TakenHandler } from './handlers/taken.handler.ts';
import { PublisherService } from './publisher.service.ts';
import { RefsCache } from './refs-cache.ts';
import { Rooms } from './rooms.service.ts';
import { SessionSignIn } from './session-sign-in.ts';
import { SessionTouch } from './session-touch.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

/** Live feeds and everything else that is pushed. Nothing calls this room: it hears of writes from the store. */
@Module({
  imports: [AccountsModule, DirectoryModule, DiscussionModule, EventsModule, NoticesModule],
  providers: [
    { provide: SocketSignIn, useClass: SessionSignIn },
    Sockets,
    RefsCache,
    Rooms,
    PublisherService,
    SubscriptionsService,
    BoundariesService,
    DiscussionsService,
    SessionTouch,
    AccountsHandler,
    CommentsHandler,
    ImportsHandler,
    NamesHandler,
    NoticesHandler,
    TakenHandler,
    FeedsGateway,
  ],
  exports: [PublisherService, Sockets],
})
export class FeedsModule {}
