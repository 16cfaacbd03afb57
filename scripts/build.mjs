// Compiles server, shared, test tools and the client into build/, and only what changed.
//
//   build/server, build/test        the Node side, file by file
//   build/node_modules/@svodka/shared   the shared workspace, where Node's resolution finds it from build/server
//   build/client                    the bundle that the server hands out
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = dirname(import.meta.dirname);
const at = (...parts) => join(root, ...parts);

const TARGETS = [
  { from: 'server', to: 'build/server' },
  { from: 'shared', to: 'build/node_modules/@svodka/shared' },
  { from: 'test', to: 'build/test' },
];

function* files(dir, accept) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(path, accept);
    else if (accept(entry.name)) yield path;
  }
}

const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Compiles each .ts file that is newer than its output; removes outputs whose source has gone. */
export async function buildNode() {
  const { transformFile } = await import('@swc/core');
  const swcrc = JSON.parse(readFileSync(at('.swcrc'), 'utf8'));
  delete swcrc.$schema;
  let compiled = 0;
  for (const { from, to } of TARGETS) {
    const kept = new Set();
    const jobs = [];
    for (const source of files(at(from), (n) => n.endsWith('.ts') && !n.endsWith('.test.ts') && !n.endsWith('.d.ts'))) {
      const out = at(to, relative(at(from), source).replace(/\.ts$/, '.js'));
      kept.add(out).add(`${out}.map`);
      if (mtime(out) > Math.max(mtime(source), mtime(at('.swcrc')))) continue;
      jobs.push(
        transformFile(source, { ...swcrc, swcrc: false, configFile: false }).then(({ code, map }) => {
          mkdirSync(dirname(out), { recursive: true });
          writeFileSync(`${out}.map`, map);
          writeFileSync(out, `${code}\n//# sourceMappingURL=${relative(dirname(out), out)}.map\n`);
          compiled++;
        }),
      );
    }
    await Promise.all(jobs);
    mkdirSync(at(to), { recursive: true });
    writeFileSync(at(to, 'package.json'), JSON.stringify({ type: 'module', exports: { './*': './*.js' } }));
    for (const out of files(at(to), (n) => /\.js(\.map)?$/.test(n))) if (!kept.has(out)) rmSync(out);
  }
  return compiled;
}

/** Bundles the client when any of its sources, or of the shared ones, is newer than the last bundle. */
export function buildClient() {
  const stamp = at('build/client/.built');
  const newest = (dir) =>
    Math.max(0, ...[...files(at(dir), (n) => !n.endsWith('.test.ts'))].map((path) => statSync(path).mtimeMs));
  if (mtime(stamp) > Math.max(newest('client'), newest('shared'), mtime(at('package-lock.json')))) return false;
  const run = spawnSync(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: at('client'),
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error('the client did not build');
  writeFileSync(stamp, '');
  return true;
}

/** Everything; says what it did only when it did something. */
export async function build() {
  const started = performance.now();
  const compiled = await buildNode();
  const bundled = buildClient();
  if (compiled || bundled) console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
