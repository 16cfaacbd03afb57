import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.ts';
import { FeedsModule } from '../feeds/feeds.module.ts';
import { AgendaModule } from '../platform/agenda/agenda.module.ts';
import { DueAlarms } from './due-alarms.ts';
import { DeadlineSweep } from './sweep.service.ts';

@Module({
  imports: [AgendaModule, EventsModule, FeedsModule],
  providers: [DeadlineSweep, DueAlarms],
  exports: [DeadlineSweep],
})
export class DeadlinesModule {}
