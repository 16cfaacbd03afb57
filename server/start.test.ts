import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestApp, openTestStore } from '../test/support/app.ts';
import { root } from '../test/support/app-process.ts';
import { until } from '../test/support/until.ts';
import { loadConfig } from './platform/config/config.ts';
import { EXIT } from './platform/data-directory/exit.ts';
import { Logger } from './platform/logger/logger.ts';
import { connectMongo } from './platform/mongo/mongo.ts';
import { VERSION } from './platform/version.ts';
import { startServer } from './start.ts';

const logger = new Logger('fatal');

describe(startServer.name, () => {
  it('makes one administrator on the first start, with a password that it made', async () => {
    const store = await openTestStore();
    const start = () => startServer({ config: loadConfig({ PORT: '0' }), logger, storeUri: store.uri });
    const first = await start();
    expect(first.administrator).toMatchObject({
      login: 'admin',
      password: expect.stringMatching(/^\w{14}$/),
      given: false,
    });
    await first.stop();
    const second = await start();
    expect(second.administrator).toBeNull();
    const answer = await fetch(`${second.url}/api/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login: 'admin', password: first.administrator?.password }),
    });
    expect(answer.status).toBe(200);
    await until(async () => (await fetch(`${second.url}/api/ready`)).status === 200);
    await second.stop();
    await store.close();
  });

  it('makes one also where the demo company was quicker', async () => {
    const store = await openTestStore();
    const start = () => startServer({ config: loadConfig({ PORT: '0' }), logger, storeUri: store.uri });
    const first = await start();
    const { users } = first.connection.collections;
    await users?.updateOne({ login: 'admin' }, { $set: { login: 'anna', roles: ['dispatcher'] } });
    await first.stop();
    const second = await start();
    expect(second.administrator).toMatchObject({ login: 'admin' });
    await second.stop();
    await store.close();
  });

  it('refuses an administrator whose password everybody knows', async () => {
    const store = await openTestStore();
    const config = loadConfig({ PORT: '0', ADMIN_PASSWORD: 'password123' });
    await expect(startServer({ config, logger, storeUri: store.uri })).rejects.toMatchObject({
      exitCode: EXIT.settings,
    });
    await store.close();
  });

  it('says that the port is in use, and makes nobody', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const store = await openTestStore();
    const config = loadConfig({ PORT: String(port) });
    await expect(startServer({ config, logger, storeUri: store.uri })).rejects.toMatchObject({
      exitCode: EXIT.unavailable,
      message: expect.stringContaining(`Port ${port}`),
    });
    const connection = await connectMongo(store.uri);
    expect(await connection.db?.collection('users').countDocuments()).toBe(0);
    await connection.close();
    taken.close();
    await store.close();
  });

  it('says that the store does not answer, without its password', async () => {
    const config = loadConfig({ PORT: '0' });
    const storeUri = 'mongodb://app:hidden@127.0.0.1:9/svodka?directConnection=true';
    const error = await startServer({ config, logger, storeUri }).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ exitCode: EXIT.unavailable });
    expect((error as Error).message).not.toContain('hidden');
  });

  it('leaves a database of a newer program alone', async () => {
    const store = await openTestStore();
    const connection = await connectMongo(store.uri);
    await connection.db
      ?.collection<{ _id: string; version: number }>('settings')
      .insertOne({ _id: 'schema', version: 99 });
    await connection.close();
    const config = loadConfig({ PORT: '0' });
    await expect(startServer({ config, logger, storeUri: store.uri })).rejects.toMatchObject({
      exitCode: EXIT.badData,
    });
    await store.close();
  });
});

describe('where the page is reached unencrypted', () => {
  it('the cookie is plain `svodka` without Secure, and the page is told', async () => {
    const app = await createTestApp({ config: { HOST: '0.0.0.0', ALLOW_HTTP: '1' } });
    const answer = await app.client().send('POST', '/api/session', app.adminLogin);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^svodka=[\w-]{43}; /);
    expect(cookie).not.toContain('Secure');
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
    expect(answer.body).toMatchObject({ server: { insecure: true } });
    expect(answer.headers.get('strict-transport-security')).toBeNull();
    await app.close();
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('TLS', () => {
  (hasOpenssl ? it : it.skip)('is served from the certificate and key of the settings', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'svodka-tls-'));
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    const store = await openTestStore();
    const config = loadConfig({ PORT: '0', TLS_CERT: cert, TLS_KEY: key });
    const running = await startServer({ config, logger, storeUri: store.uri });
    expect(running.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      const ask = request(`${running.url}/api/health`, { rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.headers);
      });
      ask.on('error', reject).end();
    });
    expect(headers['strict-transport-security']).toMatch(/max-age=\d+/);
    await running.stop();
    await store.close();
    await rm(dir, { recursive: true });
  });
});

describe('the version', () => {
  it('is the one of package.json', async () => {
    expect(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version).toBe(VERSION);
  });
});

describe('the driver', () => {
  it('is there once, or errors of one copy are unknown to the other', async () => {
    const copies: string[] = [];
    const look = async (dir: string): Promise<void> => {
      for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
        if (!entry.isDirectory()) continue;
        const path = join(dir, entry.name);
        if (entry.name === 'mongodb') copies.push(path);
        else if (entry.name.startsWith('@')) await look(path);
        await look(join(path, 'node_modules'));
      }
    };
    await look(join(root, 'node_modules'));
    for (const workspace of ['server', 'shared', 'client']) await look(join(root, workspace, 'node_modules'));
    expect(copies).toEqual([join(root, 'node_modules/mongodb')]);
    const { version } = JSON.parse(await readFile(join(copies[0] ?? '', 'package.json'), 'utf8'));
    expect(version).toMatch(/^7\.8\./);
  });
});
