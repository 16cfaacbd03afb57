// Builds what is stale, then runs one built program: node scripts/run.mjs server/demo/main.js [arguments]
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildNode } from './build.mjs';

const [program, ...args] = process.argv.slice(2);
const root = dirname(import.meta.dirname);
await buildNode();
const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'build', program), ...args], {
  stdio: 'inherit',
  cwd: root,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
