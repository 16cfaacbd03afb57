import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.ts';
import { ChangesModule } from '../../changes/changes.module.ts';
import { CounterpartiesModule } from '../../counterparties/counterparties.module.ts';
import { EntriesModule } from '../../entries/entries.module.ts';
import { ConfidentialRepository } from './confidential.repository.ts';
import { ProjectsRepository } from './projects.repository.ts';
import { ProjectsService } from './projects.service.ts';

/** The orders as people enter them. Events know them; what follows from events is the floor above. */
@Module({
  imports: [AccountsModule, ChangesModule, CounterpartiesModule, EntriesModule],
  providers: [ConfidentialRepository, ProjectsRepository, ProjectsService],
  exports: [ConfidentialRepository, CounterpartiesModule, EntriesModule, ProjectsService],
})
export class ProjectsModule {}
