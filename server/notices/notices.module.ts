import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CustomersModule } from '../customers/customers.module.ts';
import { DeadlinesModule } from '../deadlines/deadlines.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { MailerModule } from '../platform/mailer/mailer.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { WorkingDaysModule } from '../working-days/working-days.module.ts';
import { ClaimNews } from './claim-news.ts';
import { DeadAddresses } from './dead-addresses.ts';
import { DecisionFollower } from './decision-follower.ts';
import { DecisionsService } from './decisions.service.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { DeliveryNews } from './delivery-news.ts';
import { InboxService } from './inbox.service.ts';
import { LettersService } from './letters.service.ts';
import { MailCarrier } from './mail.carrier.ts';
import { MailboxService } from './mailbox.service.ts';
import { NoticeContents } from './notice-contents.ts';
import { NoticeNews } from './notice-news.ts';
import { NoticesController } from './notices.controller.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';
import { PresenceGateway } from './presence.gateway.ts';
import { PresenceService } from './presence.service.ts';
import { PushCarrier } from './push.carrier.ts';
import { PushService } from './push.service.ts';
import { RelayService } from './relay.service.ts';
import { RestoredCopy } from './restored-copy.ts';
import { Following } from './rules/following.ts';
import { LiveRules } from './rules/live-rules.ts';
import { PreviewService } from './rules/preview.service.ts';
import { RuleHistory } from './rules/rule-history.ts';
import { RuleMoments } from './rules/rule-moments.service.ts';
import { RulesController } from './rules/rules.controller.ts';
import { RulesRepository } from './rules/rules.repository.ts';
import { RulesService } from './rules/rules.service.ts';
import { ToldService } from './rules/told.service.ts';
import { Snoozes } from './snoozes.service.ts';
import { WebhookCarrier } from './webhook.carrier.ts';

@Module({
  imports: [
    AccountsModule,
    ChangesModule,
    RefsModule,
    CustomersModule,
    DeadlinesModule,
    WorkingDaysModule,
    DiscussionModule,
    EventsModule,
    MailerModule,
  ],
  controllers: [NoticesController, DeliveriesController, RulesController],
  providers: [
    ClaimNews,
    DecisionFollower,
    DecisionsService,
    DeadAddresses,
    DeliveriesRepository,
    Following,
    DeliveryNews,
    InboxService,
    LiveRules,
    MailCarrier,
    NoticeContents,
    NoticeNews,
    PresenceGateway,
    LettersService,
    NoticesRepository,
    MailboxService,
    OutboxService,
    PresenceService,
    PushCarrier,
    PushService,
    PreviewService,
    RelayService,
    RestoredCopy,
    RuleHistory,
    RuleMoments,
    RulesRepository,
    RulesService,
    Snoozes,
    WebhookCarrier,
    ToldService,
  ],
  exports: [LettersService, OutboxService, RelayService],
})
export class NoticesModule {}
