import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { newId } from '@svodka/shared/contracts/id';
import type { Role, User } from '@svodka/shared/contracts/user';
import { CALENDAR_RU } from '@svodka/shared/rules/orders/calendar-ru';
import { putInForce } from '@svodka/shared/rules/orders/working-days';
import mongoose, { type Connection } from 'mongoose';
import { openStoreInProcess } from '../../server/embedded-mongo/in-process.ts';
import type { Clock } from '../../server/platform/clock.ts';
import { loadConfig } from '../../server/platform/config/config.ts';
import { Logger } from '../../server/platform/logger/logger.ts';
import { startServer } from '../../server/start.ts';
import { Client } from './client.ts';

const ADMIN = { login: 'admin', password: 'quiet-harbour-17' };
const PASSWORD = 'plain-lantern-42';

export type TestApp = {
  url: string;
  app: NestExpressApplication;
  connection: Connection;
  storeUri: string;
  /** Signed in as the first administrator. */
  admin: Client;
  adminLogin: typeof ADMIN;
  /** Makes a user of these roles and signs in as them. */
  signIn(user?: Partial<User> & { roles?: Role[] }): Promise<Client & { user: User; password: string }>;
  client(): Client;
  close(): Promise<void>;
};

export type TestAppOptions = {
  clock?: Clock;
  /** Settings, as environment variables. */
  config?: Record<string, string>;
  clientDir?: string;
  logger?: Logger;
  /** The driver tells each command (`commandStarted`). */
  isWatched?: boolean;
};

export type TestStore = { uri: string; close(): Promise<void> };

/**
 * A fresh store for one test file: the embedded one in this process, or, where MONGODB_URI names a server, a new
 * database on it that is dropped at the end.
 */
export async function openTestStore(): Promise<TestStore> {
  const server = process.env.MONGODB_URI;
  if (server) {
    const url = new URL(server);
    url.pathname = `/svodka-test-${newId().slice(-12)}`;
    const uri = url.toString();
    return {
      uri,
      async close() {
        const connection = await mongoose.createConnection(uri).asPromise();
        await connection.dropDatabase();
        await connection.close();
      },
    };
  }
  const dir = await mkdtemp(join(tmpdir(), 'svodka-store-'));
  const store = await openStoreInProcess({ dir });
  return {
    uri: store.uri,
    async close() {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Boots the whole server in this process on a free port and a fresh store. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const store = await openTestStore();
  const config = loadConfig({
    PORT: '0',
    ADMIN_LOGIN: ADMIN.login,
    ADMIN_PASSWORD: ADMIN.password,
    LOG_LEVEL: 'fatal',
    ...options.config,
  });
  const running = await startServer({
    config,
    logger: options.logger ?? new Logger(config.logLevel),
    storeUri: options.isWatched
      ? `${store.uri}${store.uri.includes('?') ? '&' : '?'}monitorCommands=true`
      : store.uri,
    ...(options.clock && { clock: options.clock }),
    ...(options.clientDir && { clientDir: options.clientDir }),
  });
  const { url } = running;
  const admin = await new Client(url).signIn(ADMIN.login, ADMIN.password);
  return {
    url,
    app: running.app,
    connection: running.connection,
    storeUri: store.uri,
    admin,
    adminLogin: ADMIN,
    client: () => new Client(url),
    async signIn({ roles = ['dispatcher'], ...rest } = {}) {
      const login = rest.login ?? `user-${newId().slice(-12)}`;
      const { user } = await admin.post<{ user: User }>('/api/users', {
        login,
        name: rest.name ?? `Person ${login.slice(-4)}`,
        roles,
        password: PASSWORD,
        ...(rest.departmentId !== undefined && { departmentId: rest.departmentId }),
        ...(rest.email !== undefined && { email: rest.email }),
        ...(rest.locale !== undefined && { locale: rest.locale }),
        ...(rest.tz !== undefined && { tz: rest.tz }),
      });
      const client = await new Client(url).signIn(login, PASSWORD);
      return Object.assign(client, { user, password: PASSWORD });
    },
    async close() {
      await running.stop();
      putInForce(CALENDAR_RU);
      await store.close();
    },
  };
}
