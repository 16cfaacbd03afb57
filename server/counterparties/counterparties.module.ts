import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EntriesModule } from '../entries/entries.module.ts';
import { CounterpartiesController } from './counterparties.controller.ts';
import { CounterpartiesRepository } from './counterparties.repository.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import { MergesService } from './merges.service.ts';

@Module({
  imports: [AccountsModule, ChangesModule, EntriesModule],
  controllers: [CounterpartiesController],
  providers: [CounterpartiesRepository, CounterpartiesService, MergesService],
  exports: [CounterpartiesService],
})
export class CounterpartiesModule {}
