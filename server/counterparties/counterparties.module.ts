import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EntriesModule } from '../entries/entries.module.ts';
import { ConsentsService } from './consents.service.ts';
import { CounterpartiesController } from './counterparties.controller.ts';
import { CounterpartiesRepository } from './counterparties.repository.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import { CounterpartyImporter } from './counterparty-importer.service.ts';
import { MergesService } from './merges.service.ts';
import { StandIns } from './stand-ins.ts';

@Module({
  imports: [AccountsModule, ChangesModule, EntriesModule],
  controllers: [CounterpartiesController],
  providers: [
    ConsentsService,
    CounterpartiesRepository,
    CounterpartiesService,
    CounterpartyImporter,
    MergesService,
    StandIns,
  ],
  exports: [ConsentsService, CounterpartiesService, CounterpartyImporter, StandIns],
})
export class CounterpartiesModule {}
