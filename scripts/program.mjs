import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = dirname(import.meta.dirname);

const ORPHAN_CHECK_MS = 500;

/**
 * Between npm and this process stands a shell, which passes no signal on: `kill` ends npm and the shell, and leaves
 * the server behind, with the port and the data directory. Whoever loses that parent ends in order.
 */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, ORPHAN_CHECK_MS);
  watch.unref();
}

/**
 * Builds, then runs a program of build/ inside this very process: signals, exit codes and a kill need no middleman,
 * and nothing can be left behind without its parent. The build runs in a child, so that a server that lives for
 * weeks does not carry a compiler around.
 */
export async function become(program, args, { client }) {
  process.chdir(root); // ./data is meant from here, wherever the command was given
  const parts = [
    ...(client ? [] : ['--node-only']),
    ...(program.startsWith('test/') ? ['--with-tests'] : []),
  ];
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), ...parts], {
    stdio: 'inherit',
  });
  if (built.status !== 0) process.exit(built.status ?? 1);

  const path = join(root, program.startsWith('test/') ? 'build/compiled' : 'build', program);
  process.argv = [process.execPath, path, ...args];
  if (process.env.npm_lifecycle_event) endWithParent();
  await import(pathToFileURL(path).href);
}
