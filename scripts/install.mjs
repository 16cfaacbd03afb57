// Brings node_modules to what package-lock.json says, and does nothing, not even start npm, when it is there
// already. Node built-ins only: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const at = (...parts) => join(root, ...parts);

/** The lockfile that node_modules was last found equal to, as a hash: dates mean nothing after a clone or a copy. */
const STAMP = at('node_modules/.svodka-installed');

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** A tree that somebody filled by hand with `npm install` counts too: npm lists there what it has put where. */
function treeFits(lock) {
  const listed = read(at('node_modules/.package-lock.json'));
  if (!listed) return false;
  const present = JSON.parse(listed).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, wanted]) =>
      !path.includes('node_modules/') ||
      wanted.link ||
      present[path]?.version === wanted.version ||
      (wanted.optional && !present[path]),
  );
}

function npm(args) {
  // npm tells its children where it is; without it (node scripts/start.mjs) the one on the PATH has to do.
  const own = process.env.npm_execpath;
  const [command, prefix] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  return spawnSync(command, [...prefix, ...args], {
    cwd: root,
    encoding: 'utf8',
    shell: command === 'npm' && process.platform === 'win32',
    maxBuffer: 64 * 2 ** 20,
  });
}

/** Installs when needed; on failure prints what npm said and ends the process with 1. */
export function install() {
  const lock = read(at('package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (read(STAMP) === hash) return;
  if (!treeFits(lock)) {
    const started = performance.now();
    process.stdout.write('Installing packages… ');
    // The build tools are development dependencies and wanted whatever NODE_ENV says.
    const run = npm([
      'ci',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--progress=false',
    ]);
    if (run.status !== 0) {
      console.log('failed');
      console.error([run.stdout, run.stderr, run.error?.message].filter(Boolean).join('\n').trim());
      console.error('Packages could not be installed (npm ci); see above.');
      process.exit(1);
    }
    console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  writeFileSync(STAMP, hash);
}
