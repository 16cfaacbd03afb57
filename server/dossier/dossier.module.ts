import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { CrewsModule } from '../crews/crews.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { FilesModule } from '../files/files.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { DossierController } from './dossier.controller.ts';
import { DossierService } from './dossier.service.ts';

@Module({
  imports: [
    AccountsModule,
    AuditModule,
    CrewsModule,
    DiscussionModule,
    EventsModule,
    FilesModule,
    RefsModule,
  ],
  controllers: [DossierController],
  providers: [DossierService],
})
export class DossierModule {}
