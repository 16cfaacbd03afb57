// A command that is asked how it is called says so, and says it too when it is called otherwise: no stack.
import { runApp } from '../support/app-process.ts';

describe.each([
  ['npm run bench', 'build/compiled/test/bench/main.js'],
  ['npm run demo', 'build/server/demo/main.js'],
])('%s', (name, program) => {
  it('prints its usage for --help, and for what it does not know', async () => {
    const helped = await runApp({}, program, ['--help']).ended;
    expect(helped).toMatchObject({ code: 0, stderr: '' });
    expect(helped.stdout).toContain(name);
    const misused = await runApp({}, program, ['--fast']).ended;
    expect(misused).toMatchObject({ code: 64, stdout: '' });
    expect(misused.stderr).toMatch(new RegExp(`--fast[^]*${name}`));
    expect(misused.stderr).not.toMatch(/^\s+at /m);
  });
});
