import { Module } from '@nestjs/common';
import { ChangeBus } from './change-bus.ts';
import { Followers } from './followers.ts';

/** The change log: who follows it, and how rooms hear of writes. It knows no room. */
@Module({ providers: [Followers, ChangeBus], exports: [Followers, ChangeBus] })
export class ChangesModule {}
