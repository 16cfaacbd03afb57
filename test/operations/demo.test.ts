// The second command that everybody tries. It runs beside the server and shares its code, but has no sockets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type Ended, runApp, startApp } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { until } from '../support/until.ts';

const DEMO = 'build/server/demo/main.js';
const FILLS_MS = 180_000;

describe('npm run demo', () => {
  let dataDir: string;
  let app: App;
  let cut: Ended;
  let whole: Ended;

  const demo = (...flags: string[]) =>
    runApp({ DATA_DIR: dataDir, ...(flags.length === 0 && { LOG_LEVEL: 'warn' }) }, DEMO, flags);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'svodka-demo-'));
    app = await startApp({ dataDir });
    const first = demo();
    await until(() => / of \d+ events/.test(first.stdout()), { timeoutMs: FILLS_MS, what: 'some events' });
    first.child.kill('SIGKILL');
    cut = await first.ended;
    whole = await demo().ended;
  }, 2 * FILLS_MS);

  afterAll(async () => {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const password = ({ stdout }: Ended) => /password[^\n]*?(demo-[0-9a-f]+)/.exec(stdout)?.[1] ?? '';

  it('fills a company beside the running server, also from where an earlier run was cut, and complains of nothing', async () => {
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout.split('\n').filter((line) => line.startsWith('{'))).toEqual([]); // log lines
    const planned = / of (\d+) events/.exec(cut.stdout)?.[1];
    expect(whole.stdout).toMatch(
      new RegExp(
        `^Filled: 14 people, \\d+ counterparties, 180 orders, ${planned} events, [1-9]\\d* comments\\.$`,
        'm',
      ),
    );
    const client = await new Client(app.url).signIn('anna', password(whole));
    const countOf = async (what: string) =>
      (await client.get<{ items: unknown[] }>(`/api/${what}?limit=200`)).items.length;
    const said = /(\d+) counterparties, (\d+) orders/.exec(whole.stdout)?.slice(1).map(Number);
    expect([await countOf('counterparties'), await countOf('projects')]).toEqual(said);
  });

  it('is done once, and says each time how to sign in', async () => {
    const again = await demo().ended;
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('nothing was added');
    expect(password(again)).not.toBe(password(whole));
    await new Client(app.url).signIn('maxim', password(again));
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
