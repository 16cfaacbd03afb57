import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CounterpartiesController } from './counterparties.controller.ts';
import { CounterpartiesRepository } from './counterparties.repository.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import { ProjectsController } from './projects.controller.ts';
import { ProjectsRepository } from './projects.repository.ts';
import { ProjectsService } from './projects.service.ts';
import { RefsController } from './refs.controller.ts';
import { RefsService } from './refs.service.ts';
import { RefsCache } from './refs-cache.ts';
import { RewriteBell } from './rewrite-bell.ts';
import { Scopes } from './scopes.ts';
import { TakenNews } from './taken-news.ts';
import { Withheld } from './withheld.ts';

@Module({
  imports: [AccountsModule, ChangesModule],
  controllers: [ProjectsController, CounterpartiesController, RefsController],
  providers: [
    CounterpartiesRepository,
    CounterpartiesService,
    ProjectsRepository,
    ProjectsService,
    RefsCache,
    RefsService,
    RewriteBell,
    Scopes,
    TakenNews,
    Withheld,
  ],
  exports: [
    CounterpartiesService,
    ProjectsService,
    RefsCache,
    RefsService,
    RewriteBell,
    Scopes,
    TakenNews,
    Withheld,
  ],
})
export class DirectoryModule {}
