import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { ProjectsModule } from '../orders/projects/projects.module.ts';
import { NearbyService } from './nearby.service.ts';
import { SearchController } from './search.controller.ts';

@Module({
  imports: [AccountsModule, EventsModule, ProjectsModule],
  controllers: [SearchController],
  providers: [NearbyService],
})
export class SearchModule {}
