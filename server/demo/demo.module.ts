import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { AuditRepository } from '../audit/audit.repository.ts';
import { AuditService } from '../audit/audit.service.ts';
import { CrewsModule } from '../crews/crews.module.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import { CustomerLinks } from '../customers/customer-links.service.ts';
import { LetterWordings } from '../customers/letter-words.service.ts';
import { PublicOrders } from '../customers/public-orders.service.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { FileOwners } from '../files/file-owners.ts';
import { FileStore } from '../files/file-store.ts';
import { Pictures } from '../files/pictures/pictures.service.ts';
import { Recordings } from '../files/recordings.service.ts';
import { UploadsRepository } from '../files/uploads.repository.ts';
import { UploadsService } from '../files/uploads.service.ts';
import { NoticesRepository } from '../notices/notices.repository.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { type Foundation, platformModule } from '../platform/platform.module.ts';
import { RefsModule } from '../refs/refs.module.ts';

@Module({})
class DemoModule {}

/** The rooms that write; those that push, sweep and send run in the server, which hears of these writes from the store. */
export const demoModule = (foundation: Foundation): DynamicModule => ({
  module: DemoModule,
  imports: [
    platformModule(foundation),
    AccountsModule,
    CrewsModule,
    RefsModule,
    EventsModule,
    OrdersModule,
    DiscussionModule,
  ],
  providers: [
    CustomerLetters,
    CustomerLinks,
    LetterWordings,
    PublicOrders,
    NoticesRepository,
    AuditRepository,
    AuditService,
    FileOwners,
    FileStore,
    Pictures,
    Recordings,
    UploadsRepository,
    UploadsService,
  ],
});
