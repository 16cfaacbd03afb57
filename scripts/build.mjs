// Compiles server, shared, test tools and the client into build/, and only what changed.
//
//   build/server            what runs: the programs of the Node side, bundled with their packages
//   build/client            the bundle that the server hands out
//   build/compiled          the Node side file by file, for `npm run dev` and the tools of tests:
//     server
//     node_modules/@svodka/shared   the shared workspace, where Node's resolution finds it from there
//     test                          benchmarks and pictures, with --with-tests only
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundle } from './bundle.mjs';

const root = dirname(import.meta.dirname);
const at = (...parts) => join(root, ...parts);

const PRODUCT = [
  { from: 'server', to: 'build/compiled/server' },
  { from: 'shared', to: 'build/compiled/node_modules/@svodka/shared' },
];
const TESTS = { from: 'test', to: 'build/compiled/test' };

/** What lies in a folder called test or testing, inside of what is built, is for tests only. */
function* files(dir, accept) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (['node_modules', 'test', 'testing'].includes(entry.name)) continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(path, accept);
    else if (accept(entry.name)) yield path;
  }
}

const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** By a rename, because a server may be reading the file, and a second build writing it. */
function put(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, content);
  renameSync(part, path);
}

/** Compiles each .ts file that is newer than its output; removes outputs whose source has gone. Returns how many. */
export async function buildNode({ withTests = false } = {}) {
  const swcrc = JSON.parse(readFileSync(at('.swcrc'), 'utf8'));
  delete swcrc.$schema;
  const stale = [];
  let changed = 0;
  for (const { from, to } of withTests ? [...PRODUCT, TESTS] : PRODUCT) {
    const kept = new Set();
    const isSource = (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');
    for (const source of files(at(from), isSource)) {
      const out = at(to, relative(at(from), source).replace(/\.ts$/, '.js'));
      kept.add(out).add(`${out}.map`);
      if (mtime(out) <= Math.max(mtime(source), mtime(at('.swcrc')))) stale.push({ source, out });
    }
    put(at(to, 'package.json'), JSON.stringify({ type: 'module', exports: { './*': './*.js' } }));
    for (const out of files(at(to), (name) => /\.js(\.map)?$/.test(name))) {
      if (kept.has(out)) continue;
      rmSync(out, { force: true });
      changed++;
    }
  }
  if (stale.length > 0) {
    const { transformFile } = await import('@swc/core');
    await Promise.all(
      stale.map(async ({ source, out }) => {
        const { code, map } = await transformFile(source, { ...swcrc, swcrc: false, configFile: false });
        put(`${out}.map`, map); // the code comes last: its date says that both are there
        put(out, `${code}\n//# sourceMappingURL=${relative(dirname(out), out)}.map\n`);
      }),
    );
  }
  return changed + stale.length;
}

/** What a bundle was made of: names too, because a deleted file changes no date. */
function sourcesOf(...dirs) {
  const hash = createHash('sha256').update(readFileSync(at('package-lock.json')));
  for (const dir of dirs) {
    for (const path of [...files(at(dir), (name) => !name.endsWith('.test.ts'))].sort()) {
      const { mtimeMs, size } = statSync(path);
      hash.update(`${relative(root, path)} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex');
}

const isMadeOf = (sources, stamp) => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;

/** Bundles the programs of the Node side when any of their files is not what the last bundle was made of. */
export async function buildServer() {
  const stamp = at('build/server/.built');
  const sources = sourcesOf('server', 'shared', 'scripts');
  if (isMadeOf(sources, stamp)) return;
  const started = performance.now();
  await bundle({ from: at('build/compiled/server'), to: at('build/server') });
  writeFileSync(stamp, sources);
  console.log(`Built the server in ${seconds(started)}`);
}

/** Tells the service worker which files make up this build; another list makes another worker. */
function tellWorker() {
  const dir = at('build/client');
  const isPage = (name) => /\.\w+$/.test(name) && !/(^\.built|^sw\.js|\.br|\.gz|\.map)$/.test(name);
  const names = [...files(dir, isPage)].sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(relative(dir, name)).update(readFileSync(name));
  const paths = names.map((name) => `/${relative(dir, name).replaceAll('\\', '/')}`);
  const shell = { version: hash.digest('hex').slice(0, 12), files: paths };
  put(
    join(dir, 'sw.js'),
    `self.SHELL = ${JSON.stringify(shell)};\n${readFileSync(at('client/public/sw.js'), 'utf8')}`,
  );
}

/** Bundles the client when any of its sources, or of the shared ones, is not what the last bundle was made of. */
export function buildClient() {
  const stamp = at('build/client/.built');
  const sources = sourcesOf('client', 'shared');
  if (isMadeOf(sources, stamp)) return false;
  const started = performance.now();
  console.log('Building the dashboard…');
  const run = spawnSync(
    process.execPath,
    [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'],
    {
      cwd: at('client'),
      stdio: 'inherit',
      // Tests and editors set it to other things, and vite would build another bundle.
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  if (run.status !== 0) throw new Error('The dashboard did not build; see above.');
  tellWorker();
  writeFileSync(stamp, sources);
  console.log(`Built the dashboard in ${seconds(started)}`);
  return true;
}

async function main() {
  const started = performance.now();
  const compiled = await buildNode({ withTests: process.argv.includes('--with-tests') });
  if (compiled) console.log(`Compiled ${compiled} files in ${seconds(started)}`);
  await buildServer();
  if (!process.argv.includes('--node-only')) buildClient();
}

if (import.meta.filename === process.argv[1]) {
  await main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
