// The last lines of a run are read by machines: what was killed must not look like what ended.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ClosingLine, { amended, closing } from '../support/closing-line.mjs';

const aggregated = (over: object) => ({
  numPassedTests: 7,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numTotalTestSuites: 5,
  numPassedTestSuites: 2,
  numFailedTestSuites: 0,
  numPendingTestSuites: 0,
  testResults: [],
  ...over,
});

describe('the closing lines', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'svodka-closing-'));
    process.env.SVODKA_TOTALS = join(dir, 'totals.json');
  });
  afterEach(() => {
    delete process.env.SVODKA_TOTALS;
    rmSync(dir, { recursive: true });
  });
  const left = () => JSON.parse(readFileSync(join(dir, 'totals.json'), 'utf8'));

  it('of a run that was killed tell what passed and that it is not finished', () => {
    new ClosingLine({ rootDir: '/' }).onTestResult(null, null, aggregated({}));
    const lines = closing({ ...left(), failed: 1 }).split('\n');
    expect(lines).toContain('NOT FINISHED: 3 test files did not end.');
    expect(lines.at(-1)).toBe('7 passed, 1 failed');
  });

  it('of a run that ended say no more than was skipped', () => {
    const testResults = [
      { testFilePath: '/a.test.ts', testResults: [{ status: 'pending', fullName: 'needs a browser' }] },
    ];
    const ended = aggregated({ numPassedTestSuites: 4, numPendingTestSuites: 1, testResults });
    new ClosingLine({ rootDir: '/' }).onRunComplete(null, ended);
    expect(closing(left())).toBe('\nSKIPPED, 1:\n  a.test.ts › needs a browser\n\n7 passed, 0 failed');
  });

  it('name what failed at first and passed with nothing beside, and count it once', () => {
    const file = (name: string, numPassingTests: number, numFailingTests: number) => ({
      testFilePath: `/${name}.test.ts`,
      testResults: [],
      numPassingTests,
      numFailingTests,
    });
    const end = (over: object) => {
      new ClosingLine({ rootDir: '/' }).onRunComplete(null, aggregated({ numTotalTestSuites: 2, ...over }));
      return left();
    };
    const first = end({
      numPassedTests: 7,
      numFailedTests: 3,
      testResults: [file('flaky', 2, 1), file('broken', 1, 2), file('fine', 4, 0)],
    });
    const again = end({
      numPassedTests: 4,
      numFailedTests: 2,
      testResults: [file('flaky', 3, 0), file('broken', 1, 2)],
    });
    const lines = closing(amended(first, again)).split('\n');
    expect(lines.at(-1)).toBe('8 passed, 2 failed');
    expect(lines).toContain('  flaky.test.ts');
    expect(lines).not.toContain('  broken.test.ts');
  });
});
