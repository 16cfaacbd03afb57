import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { FilesModule } from '../files/files.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CallsController } from './calls/calls.controller.ts';
import { CallsService } from './calls/calls.service.ts';
import { RecordingsBeside } from './calls/recordings-beside.ts';
import { CardUndo } from './cards/card-undo.service.ts';
import { CounterpartyIntake } from './cards/counterparty-intake.service.ts';
import { OrderIntake } from './cards/order-intake.service.ts';
import { OrderLinks } from './cards/order-links.service.ts';
import { FolderWatch } from './folder/folder-watch.service.ts';
import { FolderReports } from './folder/reports.service.ts';
import { ImportController } from './import.controller.ts';
import { ImportRepository } from './import.repository.ts';
import { ImportRunner } from './import.runner.ts';
import { ImportService } from './import.service.ts';
import { ImportNews } from './import-news.ts';
import { IngestController } from './ingest/ingest.controller.ts';
import { IngestService } from './ingest/ingest.service.ts';
import { NamesService } from './ingest/names.service.ts';
import { ProposalsController } from './linking/proposals.controller.ts';
import { ProposalsService } from './linking/proposals.service.ts';
import { SamePayments } from './linking/same-payments.service.ts';
import { PaymentAccounts } from './payments/accounts.ts';
import { LoadsRepository } from './payments/loads.repository.ts';
import { PaymentLoads } from './payments/loads.service.ts';
import { PaymentsController } from './payments/payments.controller.ts';
import { PaymentsService } from './payments/payments.service.ts';
import { PeopleNamed } from './people.service.ts';
import { RecordsRepository } from './records.repository.ts';
import { SilenceWatch } from './silence.service.ts';
import { SourceNews } from './source-news.ts';
import { SourceOfFile } from './source-of-file.service.ts';
import { SourcesController } from './sources.controller.ts';
import { SourcesRepository } from './sources.repository.ts';
import { SourcesService } from './sources.service.ts';
import { TableCards } from './tables/cards.service.ts';
import { TablesController } from './tables/tables.controller.ts';
import { TablesRepository } from './tables/tables.repository.ts';
import { TablesService } from './tables/tables.service.ts';

@Module({
  imports: [AccountsModule, AuditModule, ChangesModule, RefsModule, EventsModule, FilesModule, OrdersModule],
  controllers: [
    CallsController,
    ImportController,
    IngestController,
    PaymentsController,
    ProposalsController,
    SourcesController,
    TablesController,
  ],
  providers: [
    CallsService,
    CardUndo,
    CounterpartyIntake,
    OrderIntake,
    OrderLinks,
    PeopleNamed,
    RecordsRepository,
    FolderReports,
    FolderWatch,
    ImportNews,
    ImportRepository,
    ImportRunner,
    ImportService,
    SourceOfFile,
    IngestService,
    NamesService,
    LoadsRepository,
    PaymentAccounts,
    PaymentLoads,
    PaymentsService,
    ProposalsService,
    RecordingsBeside,
    SamePayments,
    SilenceWatch,
    SourceNews,
    SourcesRepository,
    SourcesService,
    TableCards,
    TablesRepository,
    TablesService,
  ],
})
export class SourcesModule {}
