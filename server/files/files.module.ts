import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { FileOwners } from './file-owners.ts';
import { FileStore } from './file-store.ts';
import { FilesController } from './files.controller.ts';
import { FilesService } from './files.service.ts';
import { Orphans } from './orphans.service.ts';
import { Pictures } from './pictures/pictures.service.ts';
import { Recordings } from './recordings.service.ts';
import { UploadsRepository } from './uploads.repository.ts';
import { UploadsService } from './uploads.service.ts';

@Module({
  imports: [AccountsModule, AuditModule, RefsModule, DiscussionModule, EventsModule],
  controllers: [FilesController],
  providers: [
    FileOwners,
    FileStore,
    FilesService,
    Orphans,
    Pictures,
    Recordings,
    UploadsRepository,
    UploadsService,
  ],
  exports: [FilesService, Recordings, UploadsService],
})
export class FilesModule {}
