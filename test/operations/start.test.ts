import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type Ended, root, runApp, startApp, storeOf } from '../support/app-process.ts';
import { until } from '../support/until.ts';

const STARTS_MS = 60_000;

let scratch: string;
const dataDir = () => mkdtemp(join(scratch, 'data-'));

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'svodka-start-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** One line that a person can act on, and nothing of how the program is made. */
function expectRefusal(ended: Ended, code: number, line: RegExp): void {
  expect(ended).toMatchObject({ code, signal: null });
  expect(ended.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
  expect(ended.stdout + ended.stderr).not.toMatch(/^\s+at |node:internal|\.js:\d+/m);
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const signIn = (app: App, { login, password }: App['admin']) =>
  fetch(`${app.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.url },
    body: JSON.stringify({ login, password }),
  });

describe('a start that cannot be', () => {
  it(
    'says that the port is in use',
    async () => {
      const holder: Server = createServer().listen(0, '127.0.0.1');
      const { port } = await until(() => holder.address() as { port: number } | null);
      const ended = await runApp({ DATA_DIR: await dataDir(), PORT: String(port) }).ended;
      holder.close();
      expectRefusal(ended, 69, new RegExp(`\\b${port}\\b`));
    },
    STARTS_MS,
  );

  it(
    'says that another process holds the data directory, and leaves that one alone',
    async () => {
      const dir = await dataDir();
      const first = await startApp({ dataDir: dir });
      expectRefusal(await runApp({ DATA_DIR: dir }).ended, 73, /data/i);
      expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
      await first.stop();
    },
    STARTS_MS,
  );

  it('says that the data directory cannot be written', async () => {
    const file = join(await dataDir(), 'file');
    await writeFile(file, '');
    // Below a file, because a test that runs as root may write everywhere else.
    expectRefusal(await runApp({ DATA_DIR: join(file, 'data') }).ended, 73, /file/);
  });

  it('says that the data is of a newer version, and does not touch it', async () => {
    const dir = await dataDir();
    await writeFile(join(dir, 'VERSION'), '999\n');
    expectRefusal(await runApp({ DATA_DIR: dir }).ended, 78, /999/);
    expect((await readdir(dir)).filter((name) => name !== 'lock')).toEqual(['VERSION']);
  });

  it(
    'says that the data is damaged, and changes nothing: not a byte, whatever was the last end',
    async () => {
      const dir = await dataDir();
      const path = join(dir, 'store/data.mdb');
      await (await startApp({ dataDir: dir })).stop();
      for (const end of ['in order', 'killed']) {
        const whole = await readFile(path);
        const newest = whole.readBigUInt64LE(152) > whole.readBigUInt64LE(4096 + 152) ? 0 : 4096;
        const root = Number(whole.readBigUInt64LE(newest + 136)) * 4096;
        for (const [at, bytes] of [
          [newest + 136, [whole.readUInt8(newest + 136) ^ 4]], // where the newest commit begins
          [root + 24, [whole.readUInt8(root + 24) ^ 1]], // a page in use
          [newest, Array(4096).fill(0)], // the newest commit itself
        ] as const) {
          const damaged = Buffer.from(whole);
          damaged.set(bytes, at);
          await writeFile(path, damaged);
          expectRefusal(await runApp({ DATA_DIR: dir }).ended, 78, /damaged/i);
          expect((await readFile(path)).equals(damaged)).toBe(true);
        }
        await writeFile(path, whole);
        const app = await startApp({ dataDir: dir });
        const { pid } = await storeOf(dir);
        if (end === 'in order') {
          process.kill(pid, 'SIGKILL');
          await app.kill();
        } else await app.stop();
      }
    },
    2 * STARTS_MS,
  );

  it('refuses a LAN address without TLS', async () => {
    expectRefusal(await runApp({ DATA_DIR: await dataDir(), HOST: '0.0.0.0' }).ended, 64, /TLS/);
  });

  it('names all wrong settings at once', async () => {
    const ended = await runApp({
      DATA_DIR: await dataDir(),
      PORT: 'many',
      TZ_DEFAULT: 'Europe/Nowhere',
      MONGODB_URI: 'http://x',
    }).ended;
    expect(ended.code).toBe(64);
    for (const name of ['PORT', 'TZ_DEFAULT', 'MONGODB_URI']) expect(ended.stderr).toContain(name);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a start and its end', () => {
  it(
    'ends in order when the whole group is asked, as a terminal and a service manager do',
    async () => {
      const dir = await dataDir();
      const app = await startApp({ dataDir: dir });
      const { pid: store } = await storeOf(dir);
      for (const pid of [store, app.pid]) process.kill(pid, 'SIGTERM');
      expect(await app.stop()).toMatchObject({ code: 0, signal: null, stderr: '' });
      expect(alive(store)).toBe(false);
    },
    STARTS_MS,
  );

  it(
    'ends in order on Ctrl-C, store and all, and keeps what it held',
    async () => {
      const dir = await dataDir();
      const first = await startApp({ dataDir: dir });
      expect(first.admin.password).not.toBe('');
      expect((await signIn(first, first.admin)).ok).toBe(true);
      const { pid: store } = await storeOf(dir);
      expect(alive(store)).toBe(true);

      process.kill(first.pid, 'SIGINT');
      process.kill(first.pid, 'SIGINT'); // a terminal and npm both send it
      const ended = await first.stop();
      expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
      await until(() => !alive(store), { what: 'the end of the store' });

      const second = await startApp({ dataDir: dir });
      expect(second.output()).not.toContain('password');
      expect((await signIn(second, first.admin)).ok).toBe(true);
      expect((await signIn(second, { ...first.admin, password: 'another one' })).status).toBe(401);
      await second.stop();
    },
    STARTS_MS * 2,
  );

  it(
    'writes nothing that others on the machine may read, and takes it from them where they may',
    async () => {
      const dir = await dataDir();
      const files = async () =>
        (await readdir(dir, { recursive: true, withFileTypes: true })).flatMap((entry) =>
          entry.isFile() ? join(entry.parentPath, entry.name) : [],
        );
      const open = async () => {
        const seen = await Promise.all(
          (await files()).map(async (file) => [file, (await stat(file)).mode & 0o077]),
        );
        return seen.filter(([, mode]) => mode !== 0);
      };
      const before = process.umask(0);
      try {
        const first = await startApp({ dataDir: dir });
        expect(await open()).toEqual([]);
        await first.stop();
        await chmod(join(dir, 'store', 'data.mdb'), 0o644);
        const second = await startApp({ dataDir: dir });
        expect(await open()).toEqual([]);
        const copy = join(dir, 'copies', 'one.backup');
        const other = spawnSync(process.execPath, [join(root, 'build/server/backup/make.js'), copy], {
          cwd: dir,
          env: { ...process.env, DATA_DIR: dir },
        });
        expect(other.status).toBe(0);
        expect(await open()).toEqual([]);
        await second.stop();
        expect(await open()).toEqual([]);
      } finally {
        process.umask(before);
      }
    },
    STARTS_MS * 3,
  );

  it(
    'takes the first administrator from the environment and does not print the password',
    async () => {
      const admin = { login: 'olga', password: 'stekla-mnogo-ne-byvaet' };
      const app = await startApp({ env: { ADMIN_LOGIN: admin.login, ADMIN_PASSWORD: admin.password } });
      // Nor hands it on to the store.
      const { pid: store } = await storeOf(app.dataDir);
      if (process.platform === 'linux')
        expect(await readFile(`/proc/${store}/environ`, 'utf8')).not.toMatch(/ADMIN_|SMTP_|MONGODB_/);
      expect(app.output()).not.toContain(admin.password);
      expect((await signIn(app, admin)).ok).toBe(true);
      await app.stop();
    },
    STARTS_MS,
  );

  it(
    'ends in order when npm is killed and leaves it alone',
    async () => {
      const dir = await dataDir();
      const npm = spawn('npm', ['start'], {
        cwd: root,
        env: { ...process.env, PORT: '0', DATA_DIR: dir },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let output = '';
      npm.stdout.on('data', (chunk) => (output += chunk));
      await until(() => output.includes('Svodka: '), { timeoutMs: STARTS_MS, what: () => output });
      const { pid } = JSON.parse(await readFile(join(dir, 'lock'), 'utf8'));
      npm.kill('SIGTERM');
      await until(() => !alive(pid), { what: 'the end of the server' });
      expect(await readdir(dir)).not.toContain('lock');
    },
    STARTS_MS * 2,
  );

  it(
    'is one process with npm start, which a signal reaches',
    async () => {
      const run = runApp({ DATA_DIR: await dataDir() }, 'scripts/start.mjs');
      const url = await until(() => /^Svodka: (\S+)$/m.exec(run.stdout())?.[1], {
        timeoutMs: STARTS_MS,
        what: () => `the address; it printed:\n${run.stdout()}${run.stderr()}`,
      });
      expect((await fetch(`${url}/api/health`)).status).toBe(200);
      run.child.kill('SIGINT');
      expect(await run.ended).toMatchObject({ code: 0, signal: null });
    },
    STARTS_MS * 2,
  );
});
