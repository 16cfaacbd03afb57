// The second command that everybody tries. It runs beside the server and shares its code, but has no sockets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type Ended, runApp, startApp } from '../support/app-process.ts';
import { until } from '../support/until.ts';

const DEMO = 'build/server/demo/main.js';
const FILLS_MS = 180_000;

describe('npm run demo', () => {
  let dataDir: string;
  let app: App;
  let first: Ended;

  const demo = (...flags: string[]) =>
    runApp({ DATA_DIR: dataDir, ...(flags.length === 0 && { LOG_LEVEL: 'warn' }) }, DEMO, flags);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'svodka-demo-'));
    app = await startApp({ dataDir });
    first = await demo().ended;
  }, FILLS_MS);

  afterAll(async () => {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('fills a company beside the running server, complains of nothing, and does it once', async () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Filled: \d+ people, .*[1-9]\d* comments\.$/m);
    expect(first.stdout.split('\n').filter((line) => line.startsWith('{'))).toEqual([]); // log lines
    const second = await demo().ended;
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('nothing was added');
  });

  it('works on by --live, and waits for a server that restarts', async () => {
    const live = demo('--live', '20');
    const says = (words: string) =>
      until(() => live.stdout().includes(words), {
        what: () => `${words} of ${live.stdout()}${live.stderr()}`,
      });
    await says('Writing 20 events a second');
    await app.stop();
    await says('The server is away');
    app = await startApp({ dataDir });
    await says('It is back.');
    live.child.kill('SIGTERM');
    const ended = await live.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
  });
});
