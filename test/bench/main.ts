/**
 * Starts the production build on a fresh data directory, or on one that is kept, and prints tables. Nothing here passes or
 * fails: absolute times drift with the machine, so read the ratios, which were measured side by side in one run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../../server/platform/command-line.ts';
import { type App, startApp } from '../support/app-process.ts';
import { benchDeadlines } from './deadlines.ts';
import { benchDossier } from './dossier.ts';
import { benchFeeds } from './feeds/bench.ts';
import { benchFiles } from './files.ts';
import { benchFirstPage } from './first-page.ts';
import { benchImport } from './import.ts';
import { benchIngest } from './ingest.ts';
import { benchLiveRow } from './live-row.ts';
import { benchOrders } from './orders.ts';
import { benchPresence } from './presence.ts';
import { anonymousMiB, childrenOf } from './processes.ts';
import { benchRules } from './rules.ts';
import { benchScroll } from './scroll.ts';
import { table } from './statistics.ts';
import { benchStorm } from './storm.ts';
import { benchTalk } from './talk.ts';

const PARTS = ['rules', 'feeds', 'deadlines', 'storm', 'import', 'ingest', 'screen', 'page', 'start'];
const NAMED_ONLY = ['dossier', 'files', 'orders', 'scroll', 'presence', 'talk'];
const USAGE = `npm run bench [-- PART… --seconds 5 …]

Parts: ${PARTS.join(', ')}; none named: all of these.
Only where they are named: ${NAMED_ONLY.join(', ')}.

  --seconds N     how long each row of the feeds is measured (5)
  --only ROW,…    these rows of the feeds alone
  --events N      how many events the first page is measured with (200000)
  --megabytes N   how large a file goes in (1024)
  --rows N        how many rows are imported (as many as the real log has)
  --data DIR      a data directory that is kept`;
const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    events: { type: 'string', default: '200000' },
    megabytes: { type: 'string', default: '1024' },
    only: { type: 'string', default: '' },
    rows: { type: 'string', default: '0' },
    data: { type: 'string' },
  },
});
const wanted = new Set(positionals.length > 0 ? positionals : PARTS);
const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), 'svodka-bench-')));
const env = {
  ADMIN_PASSWORD: 'bench-administrator',
  ...(process.env.MONGODB_URI ? { MONGODB_URI: process.env.MONGODB_URI } : {}),
};

const starts: (string | number)[][] = [];
async function timedStart(name: string): Promise<App> {
  const start = performance.now();
  const app = await startApp({ env, dataDir, timeoutMs: 120_000 });
  starts.push([name, Math.round(performance.now() - start)]);
  return app;
}
const memory: (string | number)[][] = [];
const remember = (name: string, app: App) => {
  const store = childrenOf(app.pid)[0];
  memory.push([
    name,
    anonymousMiB(app.pid).toFixed(0),
    store === undefined ? '-' : anonymousMiB(store).toFixed(0),
  ]);
};

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`);
if (wanted.has('rules')) benchRules();
let app = await timedStart('empty data directory');
try {
  remember('after start', app);
  if (wanted.has('feeds')) {
    await benchFeeds(app, Number(values.seconds), values.only.split(',').filter(Boolean));
    remember('after the feeds', app);
  }
  if (wanted.has('deadlines')) {
    await benchDeadlines(app);
    remember('after the deadlines', app);
  }
  if (wanted.has('storm')) await benchStorm(app);
  if (wanted.has('dossier')) await benchDossier(app);
  if (wanted.has('import')) {
    await benchImport(app, Number(values.rows));
    remember('after the imports', app);
  }
  if (wanted.has('ingest')) {
    await benchIngest(app);
    remember('after the module', app);
  }
  if (wanted.has('files')) {
    await benchFiles(app, Number(values.megabytes) * 1024 ** 2);
    remember('after the files', app);
  }
  if (wanted.has('presence')) await benchPresence(app);
  if (wanted.has('talk')) await benchTalk(app);
  if (wanted.has('screen')) await benchLiveRow(app);
  if (wanted.has('page')) {
    await benchFirstPage(app, Number(values.events));
    remember(`with ${values.events} events`, app);
  }
  if (wanted.has('orders')) {
    await benchOrders(app);
    remember('after the orders', app);
  }
  if (wanted.has('scroll')) await benchScroll(app);
  if (wanted.has('start')) {
    await app.stop();
    app = await timedStart('with all these data');
    remember('after the second start', app);
  }
  table('Start: process to printed address, ms', ['', 'ms'], starts);
  table('Anonymous memory, MiB', ['', 'app', 'store'], memory);
} finally {
  await app.stop();
  if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
}
