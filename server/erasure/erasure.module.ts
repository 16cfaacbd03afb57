import { Module } from '@nestjs/common';
import { ErasedStay } from './erased-stay.ts';

@Module({ providers: [ErasedStay] })
export class ErasureModule {}
