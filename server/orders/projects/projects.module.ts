import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.ts';
import { ChangesModule } from '../../changes/changes.module.ts';
import { CounterpartiesModule } from '../../counterparties/counterparties.module.ts';
import { EntriesModule } from '../../entries/entries.module.ts';
import { ConfidentialRepository } from './confidential.repository.ts';
import { ProjectCustomers } from './project-customers.service.ts';
import { ProjectImporter } from './project-importer.service.ts';
import { ProjectsRepository } from './projects.repository.ts';
import { ProjectsService } from './projects.service.ts';
import { ProjectsList } from './projects-list.service.ts';

/** The orders as people enter them. Events know them; what follows from events is the floor above. */
@Module({
  imports: [AccountsModule, ChangesModule, CounterpartiesModule, EntriesModule],
  providers: [
    ConfidentialRepository,
    ProjectCustomers,
    ProjectImporter,
    ProjectsList,
    ProjectsRepository,
    ProjectsService,
  ],
  exports: [
    ConfidentialRepository,
    CounterpartiesModule,
    EntriesModule,
    ProjectCustomers,
    ProjectImporter,
    ProjectsList,
    ProjectsRepository,
    ProjectsService,
  ],
})
export class ProjectsModule {}
