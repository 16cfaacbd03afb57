import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { Connection } from 'mongoose';
import { Clock } from './clock.ts';
import { AppConfig } from './config/config.ts';
import { StampInterceptor } from './context/stamp.interceptor.ts';
import { Disk } from './data-directory/disk.ts';
import { ErrorFilter } from './errors/error.filter.ts';
import { Refusals } from './errors/refusals.ts';
import { HealthController } from './health/health.controller.ts';
import { Readiness } from './health/readiness.ts';
import { ContractPipe } from './http/contract.pipe.ts';
import { PersonLimits } from './limits/person-limits.ts';
import { TurnsInterceptor } from './limits/turns.interceptor.ts';
import { Logger } from './logger/logger.ts';
import { MONGO } from './mongo/mongo.ts';
import { Vocabulary } from './mongo/vocabulary.ts';
import { OpenApiController } from './openapi/openapi.controller.ts';
import { PageFaultsController } from './page-faults/page-faults.controller.ts';

/** What is ready before the first room is built. */
export type Foundation = { config: AppConfig; logger: Logger; clock: Clock; connection: Connection };

@Global()
@Module({})
class PlatformModule {}

/** Makes the foundation available to every room, and sets the pipe and the filter of all routes. */
export const platformModule = ({ config, logger, clock, connection }: Foundation): DynamicModule => ({
  module: PlatformModule,
  controllers: [HealthController, OpenApiController, PageFaultsController],
  providers: [
    Disk,
    Readiness,
    PersonLimits,
    Vocabulary,
    Refusals,
    { provide: AppConfig, useValue: config },
    { provide: Logger, useValue: logger },
    { provide: Clock, useValue: clock },
    { provide: MONGO, useValue: connection },
    { provide: APP_PIPE, useClass: ContractPipe },
    { provide: APP_INTERCEPTOR, useClass: TurnsInterceptor },
    { provide: APP_INTERCEPTOR, useClass: StampInterceptor },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
  exports: [Disk, Readiness, Refusals, PersonLimits, Vocabulary, AppConfig, Logger, Clock, MONGO],
});
