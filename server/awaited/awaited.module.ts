import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { AwaitedCalls } from './awaited-calls.service.ts';

@Module({ imports: [EventsModule, ChangesModule], providers: [AwaitedCalls] })
export class AwaitedModule {}
