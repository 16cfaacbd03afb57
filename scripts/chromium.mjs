import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const quiet = (command, args, options) => spawnSync(command, args, { encoding: 'utf8', ...options });

/** A found file is not yet a browser: Ubuntu's package is a stub that asks for snap. */
const works = (path) => quiet(path, ['--version'], { timeout: 30_000 }).status === 0;

/** The path of a working Chromium; installs the system's package where that is possible and nobody is asked. */
export async function installChromium() {
  const { findChromium } = await import('../build/compiled/test/support/find-chromium.js');
  const found = findChromium();
  if (found) {
    if (works(found)) return found;
    console.log(`${found} does not run.`);
    return undefined;
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;

  const started = performance.now();
  process.stdout.write('Installing Chromium… ');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-qy', '--no-install-recommends', 'chromium'],
  ]) {
    const run = quiet('apt-get', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (run.status === 0) continue;
    console.log(`failed: apt-get ${args[0]}\n${run.stderr?.trim() ?? run.error?.message}`);
    return undefined;
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  const installed = findChromium();
  return installed && works(installed) ? installed : undefined;
}
