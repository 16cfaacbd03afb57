// Ends a run with one plain line that a person and a machine can read alike. Skipped tests stand before it, by name:
// a test that did not run proves nothing, and must not pass for one that did. When a script runs jest as one step
// among others, it takes the numbers from the file that SVODKA_TOTALS names and prints the line itself.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The lines that end a run: that it was cut short, what passed late, what was skipped, then `N passed, N failed`. */
export function closing({ passed, failed, skipped, unfinished = 0, late = [] }) {
  const names = skipped.map(({ file, name }) => `  ${file} › ${name}`);
  return [
    '',
    ...(unfinished > 0 ? [`NOT FINISHED: ${unfinished} test files did not end.`, ''] : []),
    ...(late.length > 0
      ? [
          `FAILED AT FIRST, ${late.length}: passed when run again with nothing beside. Each is a fault to be found.`,
          ...late.map((file) => `  ${file}`),
          '',
        ]
      : []),
    ...(names.length > 0 ? [`SKIPPED, ${names.length}:`, ...names, ''] : []),
    `${passed} passed, ${failed} failed`,
  ].join('\n');
}

/** What is known after the files that failed were run `again`: of these files what that run says. */
export function amended(first, again) {
  const sum = (key) => first.failures.reduce((total, one) => total + one[key], 0);
  const files = first.failures.map(({ file }) => file);
  const stillFailed = new Set(again.failures.map(({ file }) => file));
  return {
    ...first,
    passed: first.passed - sum('passed') + again.passed,
    failed: first.failed - sum('failed') + again.failed,
    skipped: [...first.skipped.filter(({ file }) => !files.includes(file)), ...again.skipped],
    unfinished: again.unfinished,
    late: files.filter((file) => !stillFailed.has(file)),
  };
}

export default class ClosingLine {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  /** After each file, so that a run that is killed leaves what it knew. */
  onTestResult(_test, _result, results) {
    const file = process.env.SVODKA_TOTALS;
    if (file) writeFileSync(file, JSON.stringify(this.totals(results)));
  }

  onRunComplete(_contexts, results) {
    const totals = this.totals(results);
    const file = process.env.SVODKA_TOTALS;
    if (file) writeFileSync(file, JSON.stringify(totals));
    else console.log(closing(totals));
  }

  totals(results) {
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      unfinished:
        results.numTotalTestSuites -
        results.numPassedTestSuites -
        results.numFailedTestSuites -
        results.numPendingTestSuites,
      failures: results.testResults
        .filter(({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError)
        .map(({ testFilePath, numPassingTests, numFailingTests, testExecError }) => ({
          file: relative(this.rootDir, testFilePath),
          passed: numPassingTests,
          failed: numFailingTests + (testExecError ? 1 : 0),
        })),
      skipped: results.testResults.flatMap(({ testFilePath, testResults }) =>
        testResults
          .filter(({ status }) => status === 'pending' || status === 'todo')
          .map(({ fullName }) => ({ file: relative(this.rootDir, testFilePath), name: fullName })),
      ),
    };
  }
}
