// npm run dev: the server, restarted at each change of server/ or shared/, and the dashboard by vite, which hands
// /api and /socket.io on to it. State lives in data-dev/, apart from that of `npm start`; a new one is filled with
// the demo company.
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { install } from './install.mjs';

const root = dirname(import.meta.dirname);
process.chdir(root);
install();

const { buildNode } = await import('./build.mjs');
const { createServer } = await import('vite');

const WATCHED = ['server', 'shared'];
/** Editors write a file in several steps, and a checkout changes many. */
const SETTLE_MS = 120;

const port = process.env.PORT ?? '3000';
const pagePort = Number(process.env.DEV_PORT ?? 5173);
const dataDir = process.env.DATA_DIR ?? join(root, 'data-dev');
process.env.API_URL = `http://127.0.0.1:${port}`; // for client/vite.config.ts
const env = {
  ...process.env,
  PORT: port,
  DATA_DIR: dataDir,
  ALLOWED_ORIGINS: [
    process.env.ALLOWED_ORIGINS,
    `http://localhost:${pagePort}`,
    `http://127.0.0.1:${pagePort}`,
  ]
    .filter(Boolean)
    .join(','),
};

const node = (program, options) =>
  spawn(process.execPath, ['--enable-source-maps', join(root, 'build/compiled', program)], {
    env,
    cwd: root,
    ...options,
  });

/** The running server; undefined while there is none. Its output is ours, and is watched for the address. */
let server;
let demo;
let stopping = false;

function startServer() {
  const child = node('server/main.js', { stdio: ['ignore', 'pipe', 'inherit'] });
  server = child;
  const ready = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      if (chunk.includes(`:${port}`)) resolve(true);
    });
    child.on('exit', (code) => {
      if (server === child) server = undefined;
      if (!stopping && code) console.log('The server ended; it starts again at the next change.');
      resolve(false);
    });
  });
  return ready;
}

async function stopServer() {
  if (!server) return;
  const child = server;
  const gone = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** One rebuild at a time; changes during one cause one more. */
let timer;
let busy = Promise.resolve();
function changed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    busy = busy.then(rebuild);
  }, SETTLE_MS);
}

async function rebuild() {
  try {
    if ((await buildNode()) === 0 && server) return;
  } catch (error) {
    console.error(error.message); // what does not compile waits for the next change; the old server goes on
    return;
  }
  if (stopping) return;
  await stopServer();
  await startServer();
}

async function end() {
  if (stopping) return;
  stopping = true;
  for (const watcher of watchers) watcher.close();
  demo?.kill();
  await Promise.all([page.close(), stopServer()]);
  process.exit(0);
}

const fresh = !existsSync(join(dataDir, 'VERSION'));
await buildNode();
const watchers = WATCHED.map((folder) => watch(join(root, folder), { recursive: true }, changed));
const page = await createServer({
  root: join(root, 'client'),
  clearScreen: false,
  server: { port: pagePort, strictPort: true },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);

await page.listen();
if ((await startServer()) && fresh) demo = node('server/demo/main.js', { stdio: 'inherit' });
console.log(`Dashboard: http://localhost:${pagePort}`);
