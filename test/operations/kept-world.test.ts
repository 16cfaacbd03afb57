// The test files of a worker share one world: what fails in one of them is still its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/app-process.ts';

const UNHEARD = `it('goes on', async () => {
  void Promise.reject(new Error('unheard'));
  await new Promise((resolve) => setImmediate(resolve));
});`;
const CLEAN = `it('hears of its own only', () => {
  expect(globalThis[Symbol.for('EVENT_HANDLERS')].length).toBeLessThan(10);
});`;

it('lets a rejection that nobody waits for fail the file that it comes from, whichever comes first', () => {
  const dir = mkdtempSync(join(tmpdir(), 'svodka-kept-'));
  try {
    const files = { a: UNHEARD, b: UNHEARD, c: CLEAN, d: CLEAN };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, `${name}.test.mjs`), text);
    const config = {
      rootDir: dir,
      testMatch: ['**/*.test.mjs'],
      transform: {},
      moduleFileExtensions: ['mjs', 'js'],
      runtime: join(root, 'test/support/kept-runtime.mjs'),
      testEnvironment: join(root, 'test/support/kept-env.mjs'),
    };
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--experimental-vm-modules',
        join(root, 'node_modules/jest/bin/jest.js'),
        ...['--runInBand', '--json', '--config', JSON.stringify(config)],
      ],
      { cwd: dir, encoding: 'utf8' },
    );
    expect(stderr).toContain('unheard');
    const { testResults } = JSON.parse(stdout) as { testResults: { name: string; status: string }[] };
    const told = testResults.map(({ name, status }) => `${name.at(-10)} ${status}`).sort();
    expect(told).toEqual(['a failed', 'b failed', 'c passed', 'd passed']);
  } finally {
    rmSync(dir, { recursive: true });
  }
}, 60_000);
