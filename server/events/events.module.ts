import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { BulkService } from './bulk.service.ts';
import { CallNumbers } from './call-numbers.service.ts';
import { ClaimsService } from './claims.service.ts';
import { DeskWrites } from './desk-writes.service.ts';
import { DueListRepository } from './due-list.repository.ts';
import { EventContext } from './event-context.service.ts';
import { EventCreation } from './event-creation.service.ts';
import { EventImporter } from './event-importer.service.ts';
import { EventIntake } from './event-intake.service.ts';
import { EventListRepository } from './event-list.repository.ts';
import { EventWriter } from './event-writer.service.ts';
import { EventsController } from './events.controller.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';
import { EventsInTime } from './events-in-time.repository.ts';
import { MembershipRewriter } from './membership-rewriter.service.ts';
import { NameNews } from './name-news.ts';
import { Settling } from './settling.service.ts';
import { ValueCountsService } from './value-counts.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule, RefsModule],
  controllers: [EventsController],
  providers: [
    BulkService,
    CallNumbers,
    ClaimsService,
    DeskWrites,
    DueListRepository,
    EventContext,
    EventCreation,
    EventImporter,
    EventIntake,
    EventListRepository,
    EventWriter,
    EventsInTime,
    EventsRepository,
    EventsService,
    MembershipRewriter,
    NameNews,
    Settling,
    ValueCountsService,
  ],
  exports: [
    CallNumbers,
    ClaimsService,
    DeskWrites,
    EventCreation,
    EventIntake,
    EventsInTime,
    EventsRepository,
    EventsService,
  ],
})
export class EventsModule {}
