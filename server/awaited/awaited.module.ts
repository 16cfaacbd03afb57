import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { AwaitedCalls } from './awaited-calls.service.ts';
import { AwaitedEvents } from './awaited-events.service.ts';

@Module({ imports: [EventsModule, ChangesModule], providers: [AwaitedCalls, AwaitedEvents] })
export class AwaitedModule {}
