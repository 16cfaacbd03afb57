import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { AwaitedModule } from './awaited/awaited.module.ts';
import { CrewsModule } from './crews/crews.module.ts';
import { InstallationsModule } from './crews/installations.module.ts';
import { CustomersModule } from './customers/customers.module.ts';
import { DeadlinesModule } from './deadlines/deadlines.module.ts';
import { DiscussionModule } from './discussion/discussion.module.ts';
import { DossierModule } from './dossier/dossier.module.ts';
import { ErasureModule } from './erasure/erasure.module.ts';
import { EventsModule } from './events/events.module.ts';
import { FeedsModule } from './feeds/feeds.module.ts';
import { FilesModule } from './files/files.module.ts';
import { IcalModule } from './ical/ical.module.ts';
import { NoticesModule } from './notices/notices.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { type Foundation, platformModule } from './platform/platform.module.ts';
import { RefsModule } from './refs/refs.module.ts';
import { RetentionModule } from './retention/retention.module.ts';
import { SearchModule } from './search/search.module.ts';
import { ShiftsModule } from './shifts/shifts.module.ts';
import { SourcesModule } from './sources/sources.module.ts';
import { ViewsModule } from './views/views.module.ts';
import { WorkingDaysModule } from './working-days/working-days.module.ts';

@Module({})
class AppModule {}

/** All rooms, on a foundation that is ready. */
export const appModule = (foundation: Foundation): DynamicModule => ({
  module: AppModule,
  imports: [
    platformModule(foundation),
    AccountsModule,
    RefsModule,
    EventsModule,
    OrdersModule,
    CrewsModule,
    InstallationsModule,
    IcalModule,
    CustomersModule,
    FeedsModule,
    SourcesModule,
    NoticesModule,
    DiscussionModule,
    FilesModule,
    DossierModule,
    SearchModule,
    ShiftsModule,
    DeadlinesModule,
    ViewsModule,
    RetentionModule,
    ErasureModule,
    AwaitedModule,
    AuditModule,
    WorkingDaysModule,
  ],
});
