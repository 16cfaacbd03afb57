import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CrewNews } from './crew-news.ts';
import { CrewsController } from './crews.controller.ts';
import { CrewsRepository } from './crews.repository.ts';
import { CrewsService } from './crews.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule, RefsModule],
  controllers: [CrewsController],
  providers: [CrewNews, CrewsRepository, CrewsService],
  exports: [CrewsService],
})
export class CrewsModule {}
