import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { ProjectsModule } from '../orders/projects/projects.module.ts';
import { RefsController } from './refs.controller.ts';
import { RefsService } from './refs.service.ts';
import { RefsCache } from './refs-cache.ts';

/** What is named by id, and its names: orders, counterparties and people come with it. */
@Module({
  imports: [AccountsModule, ChangesModule, ProjectsModule],
  controllers: [RefsController],
  providers: [RefsCache, RefsService],
  exports: [ProjectsModule, RefsCache, RefsService],
})
export class RefsModule {}
