// Start and stop of the server, for the program (main.ts) and for tests alike.
//
// Start: the connection, the migrations, the rooms, the port, the first administrator. Each step undoes the earlier
// ones when it fails. Stop, in this order: no new connections, sockets and jobs (the rooms' own hooks), requests that
// are under way, the connection. The embedded store outlives all of it, and is stopped by whoever started it.
import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Connection } from 'mongoose';
import { UsersService } from './accounts/users.service.ts';
import { appModule } from './app.module.ts';
import { AuditService } from './audit/audit.service.ts';
import { StatusPages } from './customers/status-pages.ts';
import { DeadlineSweep } from './deadlines/sweep.service.ts';
import { CalendarPages } from './ical/calendar-pages.ts';
import { COLLECTIONS, STEPS } from './migrations.ts';
import { AlarmClock } from './platform/agenda/alarm-clock.service.ts';
import type { Clock } from './platform/clock.ts';
import type { AppConfig } from './platform/config/config.ts';
import { EXIT, StartError } from './platform/data-directory/exit.ts';
import { Readiness } from './platform/health/readiness.ts';
import { prepareApp } from './platform/http/prepare-app.ts';
import { FIRST_REQUEST_MS, hangUpOnSilence } from './platform/http/silent-lines.ts';
import { type Logger, nestLogger } from './platform/logger/logger.ts';
import { migrate } from './platform/mongo/migrations.ts';
import { connectMongo } from './platform/mongo/mongo.ts';
import { StoreClock } from './platform/mongo/store-clock.ts';
import { useSockets } from './platform/sockets/socket.adapter.ts';

/** Longer than the minute that proxies keep theirs: whoever reuses a connection must not find it just closed. */
const KEEP_ALIVE_MS = 65_000;

/** How long requests under way may take to end at a stop, ms. */
const GRACE_MS = 3_000;

export type StartOptions = {
  config: AppConfig;
  logger: Logger;
  /** Address of the store, the embedded one or another. */
  storeUri: string;
  /** In place of the store's time. */
  clock?: Clock;
  /** What the clock of this machine says, ms since 1970. */
  machineTime?: () => number;
  /** The built dashboard; without it the server answers /api and sockets only. */
  clientDir?: string;
};

export type Running = {
  /** Where it listens, such as http://127.0.0.1:3000. */
  url: string;
  app: NestExpressApplication;
  connection: Connection;
  /** On the first start: how to sign in. `given`: the password came from the settings. */
  administrator: { login: string; password: string; given: boolean } | null;
  stop(): Promise<void>;
};

async function connect(storeUri: string): Promise<Connection> {
  try {
    return await connectMongo(storeUri);
  } catch (error) {
    const where = storeUri.replace(/\/\/.*@/, '//');
    throw new StartError(
      `The store at ${where} does not answer: ${(error as Error).message}`,
      EXIT.unavailable,
    );
  }
}

function listen(server: Server, { host, port }: AppConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why: Record<string, string> = {
        EADDRINUSE: `Port ${port} on ${host} is in use. Stop what listens there, or set another PORT (0 takes a free one).`,
        EACCES: `Port ${port} needs more rights than this user has. Set another PORT.`,
        EADDRNOTAVAIL: `This machine has no address ${host}. Set another HOST.`,
        ENOTFOUND: `The name ${host} has no address. Set another HOST.`,
      };
      const words = why[error.code ?? ''];
      reject(words ? new StartError(words, EXIT.unavailable) : error);
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, { host, tlsCert }: AppConfig): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCert ? 'https' : 'http'}://${name}:${port}`;
}

async function firstAdministrator(app: NestExpressApplication): Promise<Running['administrator']> {
  try {
    return await app.get(UsersService).ensureAdministrator();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'validation') throw error;
    throw new StartError(
      'ADMIN_PASSWORD: everybody knows this password; set another, or none.',
      EXIT.settings,
    );
  }
}

/** A module's stream may take its time to be said; what falls silent is hung up on by whoever reads it. */
const REQUEST_MS = 3_600_000;

/** @throws StartError what a person can do something about */
export async function startServer(options: StartOptions): Promise<Running> {
  const { config, logger, storeUri, clientDir } = options;
  const connection = await connect(storeUri);
  const storeClock = new StoreClock(connection, logger, options.machineTime);
  const clock = options.clock ?? storeClock;
  let app: NestExpressApplication | undefined;
  const stop = async () => {
    if (app) {
      const server: Server = app.getHttpServer();
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await app.close();
      clearTimeout(cut);
    }
    storeClock.stop();
    await connection.close();
  };
  try {
    await storeClock.start();
    await migrate(connection, COLLECTIONS, { steps: STEPS, logger });
    const { tlsCert: cert, tlsKey: key } = config;
    const tls = cert && key ? { cert, key, handshakeTimeout: FIRST_REQUEST_MS } : null;
    app = await NestFactory.create<NestExpressApplication>(appModule({ config, logger, clock, connection }), {
      bodyParser: false,
      logger: nestLogger(logger),
      abortOnError: false,
      ...(tls && { httpsOptions: tls }),
    });
    const readiness = app.get(Readiness);
    const [sweep, alarms] = [app.get(DeadlineSweep), app.get(AlarmClock)];
    readiness.register('deadlines', () => sweep.isWorking);
    readiness.register('jobs', () => alarms.isRunning);
    // Somebody can sign in: the first administrator is made once the port is ours, because it is printed once.
    let isReady = false;
    readiness.register('administrator', () => isReady);
    app.setGlobalPrefix('api');
    prepareApp(app, {
      config,
      logger,
      connection,
      clientDir,
      pages: [app.get(StatusPages), app.get(CalendarPages)],
    });
    useSockets(app);
    const server: Server = app.getHttpServer();
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.requestTimeout = REQUEST_MS;
    hangUpOnSilence(server);
    await app.init();
    await listen(server, config);
    const url = urlOf(server, config);
    config.listeningAt(url);
    app.get(AuditService).beginWitness();
    const administrator = await firstAdministrator(app);
    isReady = true;
    return { url, app, connection, administrator, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}
