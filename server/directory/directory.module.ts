import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CounterpartiesModule } from '../counterparties/counterparties.module.ts';
import { EntriesModule } from '../entries/entries.module.ts';
import { ConfidentialRepository } from './confidential.repository.ts';
import { ProjectsController } from './projects.controller.ts';
import { ProjectsRepository } from './projects.repository.ts';
import { ProjectsService } from './projects.service.ts';
import { RefsController } from './refs.controller.ts';
import { RefsService } from './refs.service.ts';
import { RefsCache } from './refs-cache.ts';
import { Scopes } from './scopes.ts';
import { TakenNews } from './taken-news.ts';

@Module({
  imports: [AccountsModule, ChangesModule, CounterpartiesModule, EntriesModule],
  controllers: [ProjectsController, RefsController],
  providers: [
    ConfidentialRepository,
    ProjectsRepository,
    ProjectsService,
    RefsCache,
    RefsService,
    Scopes,
    TakenNews,
  ],
  exports: [
    ConfidentialRepository,
    CounterpartiesModule,
    EntriesModule,
    ProjectsService,
    RefsCache,
    RefsService,
    Scopes,
    TakenNews,
  ],
})
export class DirectoryModule {}
