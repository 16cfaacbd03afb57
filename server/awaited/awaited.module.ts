import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.ts';
import { FeedsModule } from '../feeds/feeds.module.ts';
import { AwaitedCalls } from './awaited-calls.service.ts';

@Module({ imports: [EventsModule, FeedsModule], providers: [AwaitedCalls] })
export class AwaitedModule {}
