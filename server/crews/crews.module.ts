import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { CrewNews } from './crew-news.ts';
import { CrewsController } from './crews.controller.ts';
import { CrewsRepository } from './crews.repository.ts';
import { CrewsService } from './crews.service.ts';
import { InstallationsController } from './installations.controller.ts';
import { InstallationsService } from './installations.service.ts';
import { PlannedRepository } from './planned.repository.ts';
import { WorkNews } from './work-news.ts';

@Module({
  imports: [AccountsModule, ChangesModule, DirectoryModule, EventsModule, OrdersModule],
  controllers: [CrewsController, InstallationsController],
  providers: [CrewNews, CrewsRepository, CrewsService, InstallationsService, PlannedRepository, WorkNews],
  exports: [CrewsService],
})
export class CrewsModule {}
