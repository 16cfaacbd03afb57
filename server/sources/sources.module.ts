import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { ImportController } from './import.controller.ts';
import { ImportRepository } from './import.repository.ts';
import { ImportRunner } from './import.runner.ts';
import { ImportService } from './import.service.ts';

@Module({
  imports: [AccountsModule, DirectoryModule, EventsModule],
  controllers: [ImportController],
  providers: [ImportRepository, ImportRunner, ImportService],
})
export class SourcesModule {}
