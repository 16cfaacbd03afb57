// Ends a run with one plain line that a person and a machine can read alike. Skipped tests stand before it, by name:
// a test that did not run proves nothing, and must not pass for one that did. When a script runs jest as one step
// among others, it takes the numbers from the file that SVODKA_TOTALS names and prints the line itself.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The lines that end a run: that it was cut short, what was skipped, then `N passed, N failed`. */
export function closing({ passed, failed, skipped, unfinished = 0 }) {
  const names = skipped.map(({ file, name }) => `  ${file} › ${name}`);
  return [
    '',
    ...(unfinished > 0 ? [`NOT FINISHED: ${unfinished} test files did not end.`, ''] : []),
    ...(names.length > 0 ? [`SKIPPED, ${names.length}:`, ...names, ''] : []),
    `${passed} passed, ${failed} failed`,
  ].join('\n');
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
      skipped: results.testResults.flatMap(({ testFilePath, testResults }) =>
        testResults
          .filter(({ status }) => status === 'pending' || status === 'todo')
          .map(({ fullName }) => ({ file: relative(this.rootDir, testFilePath), name: fullName })),
      ),
    };
  }
}
