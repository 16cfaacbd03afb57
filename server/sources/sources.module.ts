import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { ImportController } from './import.controller.ts';
import { ImportRepository } from './import.repository.ts';
import { ImportRunner } from './import.runner.ts';
import { ImportService } from './import.service.ts';
import { ImportNews } from './import-news.ts';

@Module({
  imports: [AccountsModule, ChangesModule, DirectoryModule, EventsModule],
  controllers: [ImportController],
  providers: [ImportNews, ImportRepository, ImportRunner, ImportService],
})
export class SourcesModule {}
