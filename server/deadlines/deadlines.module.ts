import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { AgendaModule } from '../platform/agenda/agenda.module.ts';
import { WorkingDaysModule } from '../working-days/working-days.module.ts';
import { DueAlarms } from './due-alarms.ts';
import { DeadlineSweep } from './sweep.service.ts';

@Module({
  imports: [AgendaModule, EventsModule, ChangesModule, WorkingDaysModule],
  providers: [DeadlineSweep, DueAlarms],
  exports: [DeadlineSweep],
})
export class DeadlinesModule {}
