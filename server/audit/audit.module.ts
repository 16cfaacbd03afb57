import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CrewsModule } from '../crews/crews.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { AuditController } from './audit.controller.ts';
import { AuditRepository } from './audit.repository.ts';
import { AuditService } from './audit.service.ts';
import { AuditFollower } from './audit-follower.ts';

@Module({
  imports: [AccountsModule, ChangesModule, CrewsModule, RefsModule, DiscussionModule, EventsModule],
  controllers: [AuditController],
  providers: [AuditRepository, AuditService, AuditFollower],
  exports: [AuditService],
})
export class AuditModule {}
