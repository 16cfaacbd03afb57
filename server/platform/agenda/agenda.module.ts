import { Module } from '@nestjs/common';
import { AlarmClock } from './alarm-clock.service.ts';

@Module({ providers: [AlarmClock], exports: [AlarmClock] })
export class AgendaModule {}
