import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = dirname(import.meta.dirname);

/**
 * Builds, then runs a program of build/ inside this very process: signals, exit codes and a kill need no middleman,
 * and nothing can be left behind without its parent. The build runs in a child, so that a server that lives for
 * weeks does not carry a compiler around.
 */
export async function become(program, args, { client }) {
  process.chdir(root); // ./data is meant from here, wherever the command was given
  const parts = client ? [] : ['--node-only'];
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), ...parts], {
    stdio: 'inherit',
  });
  if (built.status !== 0) process.exit(built.status ?? 1);

  const path = join(root, 'build', program);
  process.argv = [process.execPath, path, ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(path).href);
}
