import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CrewsModule } from './crews.module.ts';
import { InstallationsController } from './installations.controller.ts';
import { InstallationsService } from './installations.service.ts';
import { PlannedRepository } from './planned.repository.ts';
import { WorkNews } from './work-news.ts';

/** What crews do when; apart from the crews themselves, which programs without orders know as well. */
@Module({
  imports: [AccountsModule, ChangesModule, CrewsModule, RefsModule, EventsModule, OrdersModule],
  controllers: [InstallationsController],
  providers: [InstallationsService, PlannedRepository, WorkNews],
  exports: [InstallationsService],
})
export class InstallationsModule {}
