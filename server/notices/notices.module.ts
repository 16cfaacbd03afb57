import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { MailerModule } from '../platform/mailer/mailer.module.ts';
import { DecisionStream } from './decision-stream.ts';
import { DecisionsService } from './decisions.service.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { InboxService } from './inbox.service.ts';
import { LettersService } from './letters.service.ts';
import { NoticesController } from './notices.controller.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';
import { PresenceService } from './presence.service.ts';
import { RelayService } from './relay.service.ts';
import { RestoredCopy } from './restored-copy.ts';
import { SubjectsRepository } from './subjects.repository.ts';

@Module({
  imports: [AccountsModule, DirectoryModule, MailerModule],
  controllers: [NoticesController, DeliveriesController],
  providers: [
    DecisionStream,
    DecisionsService,
    DeliveriesRepository,
    InboxService,
    LettersService,
    NoticesRepository,
    OutboxService,
    PresenceService,
    RelayService,
    RestoredCopy,
    SubjectsRepository,
  ],
  exports: [InboxService, PresenceService, DecisionStream, RelayService],
})
export class NoticesModule {}
