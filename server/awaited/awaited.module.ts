import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { AwaitedCalls } from './awaited-calls.service.ts';
import { AwaitedEvents } from './awaited-events.service.ts';
import { PromisesController } from './promises.controller.ts';

@Module({
  imports: [AccountsModule, RefsModule, EventsModule, ChangesModule],
  controllers: [PromisesController],
  providers: [AwaitedCalls, AwaitedEvents],
})
export class AwaitedModule {}
