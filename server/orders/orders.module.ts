import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { WorkingDaysModule } from '../working-days/working-days.module.ts';
import { Announcements } from './announcements.service.ts';
import { ChainsController } from './chains.controller.ts';
import { ChainsService } from './chains.service.ts';
import { FactsRepository } from './facts.repository.ts';
import { LineFollower } from './line-follower.ts';
import { LinesService } from './lines.service.ts';
import { OrderNews } from './order-news.ts';
import { PaidNow } from './paid-now.service.ts';
import { PaidSince } from './paid-since.service.ts';
import { PartyMoneyService } from './party-money.service.ts';
import { ProjectsController } from './projects.controller.ts';

@Module({
  imports: [AccountsModule, ChangesModule, RefsModule, EventsModule, WorkingDaysModule],
  controllers: [ChainsController, ProjectsController],
  providers: [
    ChainsService,
    FactsRepository,
    LineFollower,
    LinesService,
    Announcements,
    OrderNews,
    PaidNow,
    PaidSince,
    PartyMoneyService,
  ],
  exports: [FactsRepository, PaidNow],
})
export class OrdersModule {}
