import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { BoundariesService } from './boundaries.service.ts';
import { FeedsGateway } from './feeds.gateway.ts';
import { PublisherService } from './publisher.service.ts';
import { RightsNews } from './rights-news.ts';
import { Rooms } from './rooms.service.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

/** Live feeds. Nothing calls this room: it hears of writes from the change log. */
@Module({
  imports: [AccountsModule, ChangesModule, RefsModule, EventsModule],
  providers: [Rooms, PublisherService, SubscriptionsService, BoundariesService, RightsNews, FeedsGateway],
})
export class FeedsModule {}
