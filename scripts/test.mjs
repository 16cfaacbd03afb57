// npm test: everything that can be known here: all tests, real browsers among them, then the checks.
//   --deep      runs the long experiments whole instead of a seeded tenth of each
//   --no-check  leaves out formatting, types and dead code
// Other arguments go to jest. The last line is `N passed, N failed`; the exit code is 0 only with none failed.
import './node-version.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { install } from './install.mjs';

const root = dirname(import.meta.dirname);
const own = ['--deep', '--no-check'];
const wants = (flag) => process.argv.includes(flag);
const jestArguments = process.argv.slice(2).filter((argument) => !own.includes(argument));

/** One more than processors, up to three: many tests wait for a process, a browser or a timer for most of their time. */
const WORKERS = Math.min(3, availableParallelism() + 1);
/** A hung test must not hold a machine for ever; an ordinary run is far below. */
const LIMIT_MS = (wants('--deep') ? 180 : 60) * 60_000;
/** Whether a group of processes can be ended at once. */
const GROUPS = process.platform !== 'win32';

process.chdir(root);
install();
const built = spawnSync(process.execPath, ['scripts/build.mjs', '--with-tests'], { stdio: 'inherit' });

const { installChromium } = await import('./chromium.mjs');
const { amended, closing } = await import('../test/support/closing-line.mjs');
const { check } = await import('./check.mjs');

/** Material beside the checkout that the repository does not hold; what the environment names wins. */
function outside(name, path) {
  const found = process.env[name] ?? (existsSync(resolve(root, path)) ? resolve(root, path) : undefined);
  if (!found) console.log(`${name} is not set: the tests that need it are SKIPPED.`);
  return found ? { [name]: found } : {};
}

const env = {
  ...process.env,
  NODE_ENV: 'test',
  ...(wants('--deep') && { SVODKA_DEEP: '1' }),
  ...outside('SVODKA_SPECS', '../shared/mongo-specs'),
  ...outside('SVODKA_LOGS', '../shared/data'),
};

const chromium = await installChromium();
if (chromium) env.CHROMIUM = chromium;
else
  console.log('There is no Chromium: the tests that need a browser are SKIPPED. Set CHROMIUM to its path.');

/** So many files that failed are run again, alone: a test that only fails beside others is told from a broken one. */
const MOST_AGAIN = 5;

/** One jest run; a crash or a hang is one more failure, never a pass. */
async function jest(workers, ...args) {
  const scratch = mkdtempSync(join(tmpdir(), 'svodka-test-'));
  const totals = join(scratch, 'totals.json');
  const run = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '-c',
      'test/jest.config.mjs',
      `--maxWorkers=${workers}`,
      ...args,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...env, SVODKA_TOTALS: totals },
      detached: GROUPS,
    },
  );
  // With its workers, and the servers and browsers that tests have started.
  const killAll = () => process.kill(GROUPS ? -run.pid : run.pid, 'SIGKILL');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      killAll();
      process.exit(130);
    });
  }
  const limit = setTimeout(() => {
    console.error(`jest did not end within ${LIMIT_MS / 60_000} minutes`);
    killAll();
  }, LIMIT_MS);
  const [code, signal] = await new Promise((done) => run.on('exit', (...end) => done(end)));
  clearTimeout(limit);
  const result = existsSync(totals)
    ? JSON.parse(readFileSync(totals, 'utf8'))
    : { passed: 0, failed: 0, skipped: [], failures: [] };
  rmSync(scratch, { recursive: true, force: true });
  // What did not end has not passed, whatever else did.
  if (code !== 0 && (result.failed === 0 || signal)) {
    console.error(`jest ended with ${signal ?? `code ${code}`}`);
    result.failed++;
    result.isCut = true;
  }
  return result;
}

let result = await jest(WORKERS, ...jestArguments);
const again = result.failures.map(({ file }) => file);
if (again.length > 0 && again.length <= MOST_AGAIN && !result.isCut) {
  console.log(`\nAgain, with nothing beside: ${again.join(', ')}`);
  result = amended(result, await jest(1, '--runTestsByPath', ...again));
}
if (built.status === 0) result.passed++;
else result.failed++;
if (!wants('--no-check')) {
  console.log('\nChecks');
  const checks = await check();
  result.passed += checks.passed;
  result.failed += checks.failed;
}
console.log(closing(result));
process.exitCode = result.failed === 0 ? 0 : 1;
