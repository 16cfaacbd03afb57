import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { CrewsModule } from '../crews/crews.module.ts';
import { InstallationsModule } from '../crews/installations.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CalendarFeed } from './calendar-feed.service.ts';
import { CalendarLinksController } from './calendar-links.controller.ts';
import { CalendarLinks } from './calendar-links.service.ts';
import { CalendarPages } from './calendar-pages.ts';

@Module({
  imports: [AccountsModule, RefsModule, EventsModule, CrewsModule, InstallationsModule],
  controllers: [CalendarLinksController],
  providers: [CalendarFeed, CalendarLinks, CalendarPages],
  exports: [CalendarPages],
})
export class IcalModule {}
