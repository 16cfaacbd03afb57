import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppError } from '@svodka/shared/contracts/errors';
import type { AppConfig } from '../platform/config/config.ts';
import { findStore } from '../platform/data-directory/data-directory.ts';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { type Logger, nestLogger } from '../platform/logger/logger.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { StoreClock } from '../platform/mongo/store-clock.ts';
import { DemoClock } from './clock.ts';
import { demoModule } from './demo.module.ts';

/** How often a server that is away is looked for, ms. */
const LOOK_MS = 500;

/** The rooms that write, on the store of the server that runs. */
export type Office = { app: INestApplicationContext; clock: DemoClock; close(): Promise<void> };

/** @returns null when no server runs on these settings */
export async function openOffice(config: AppConfig, logger: Logger): Promise<Office | null> {
  const uri = config.mongodbUri ?? (await findStore(config.dataDir))?.uri;
  if (!uri) return null;
  const connection = await connectMongo(uri);
  const real = new StoreClock(connection, logger);
  try {
    await real.start();
    const clock = new DemoClock(real);
    const app = await NestFactory.createApplicationContext(
      demoModule({ config, logger, clock, connection }),
      { logger: nestLogger(logger), abortOnError: false },
    );
    const close = async () => {
      await app.close();
      real.stop();
      await connection.close();
    };
    return { app, clock, close };
  } catch (error) {
    real.stop();
    await connection.close();
    throw error;
  }
}

/** Opens it again when the server is back; null when `signal` came first. */
export async function reopenOffice(
  config: AppConfig,
  logger: Logger,
  signal: AbortSignal,
): Promise<Office | null> {
  while (!signal.aborted) {
    try {
      const office = await openOffice(config, logger);
      if (office) return office;
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

/** Whether the server's store does not answer, which passes. */
export const isAway = (error: unknown): boolean =>
  (error instanceof AppError ? error : translateDriverError(error))?.code === 'unavailable';
