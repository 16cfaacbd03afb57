import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { InstallationsModule } from '../crews/installations.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { ShiftNotes } from './shift-notes.service.ts';
import { ShiftsController } from './shifts.controller.ts';
import { ShiftsRepository } from './shifts.repository.ts';
import { ShiftsService } from './shifts.service.ts';

@Module({
  imports: [AccountsModule, RefsModule, EventsModule, DiscussionModule, InstallationsModule],
  controllers: [ShiftsController],
  providers: [ShiftNotes, ShiftsRepository, ShiftsService],
})
export class ShiftsModule {}
