import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { WorkingDaysController } from './working-days.controller.ts';
import { WorkingDaysService } from './working-days.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule],
  controllers: [WorkingDaysController],
  providers: [WorkingDaysService],
  exports: [WorkingDaysService],
})
export class WorkingDaysModule {}
