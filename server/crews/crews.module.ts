import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { CrewNews } from './crew-news.ts';
import { CrewsController } from './crews.controller.ts';
import { CrewsRepository } from './crews.repository.ts';
import { CrewsService } from './crews.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule, DirectoryModule],
  controllers: [CrewsController],
  providers: [CrewNews, CrewsRepository, CrewsService],
  exports: [CrewsService],
})
export class CrewsModule {}
