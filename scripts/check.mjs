// npm run check: format and lint, types, unused code, and what this repository forbids. Each step with its time.
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { install } from './install.mjs';

const root = dirname(import.meta.dirname);
const bin = (path) => `node_modules/${path}`;

const STEPS = [
  { name: 'types: server, shared', args: ['scripts/types.mjs', 'tsconfig.json'] },
  { name: 'types: test', args: ['scripts/types.mjs', 'test/tsconfig.json'] },
  {
    name: 'types: client',
    args: [bin('svelte-check/bin/svelte-check'), '--tsconfig', 'client/tsconfig.json', '--fail-on-warnings'],
  },
  {
    name: 'format and lint',
    args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--colors=off'],
  },
  { name: 'unused code', args: [bin('knip/bin/knip.js'), '--no-progress'] },
  { name: 'who imports whom', args: ['scripts/imports.mjs'] },
  { name: 'docs/openapi.json', args: ['scripts/openapi.mjs'] },
  { name: 'forbidden here', args: ['scripts/bans.mjs'] },
];

/** Two at a time: the type checkers take most of it and use little more than a processor each. */
const AT_ONCE = 2;

function run({ name, args }) {
  const started = performance.now();
  return new Promise((done) => {
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk) => (output += chunk);
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? '  ok  ' : 'FAILED'}  ${name}  ${seconds} s`);
      if (code !== 0) console.log(output.trim());
      done(code === 0);
    });
  });
}

/** Runs every step and returns how many passed and failed. */
export async function check() {
  const waiting = [...STEPS];
  const results = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await run(step));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

if (import.meta.filename === process.argv[1]) {
  install();
  const { failed } = await check();
  process.exitCode = failed === 0 ? 0 : 1;
}
