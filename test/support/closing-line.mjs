// Ends a run with one plain line that a person and a machine can read alike. Skipped tests stand before it, by name:
// a test that did not run proves nothing, and must not pass for one that did. When a script runs jest as one step
// among others, it takes the numbers from the file that SVODKA_TOTALS names and prints the line itself.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The lines that end a run: what was skipped, then `N passed, N failed`. */
export function closing({ passed, failed, skipped }) {
  const names = skipped.map(({ file, name }) => `  ${file} › ${name}`);
  return [
    '',
    ...(names.length > 0 ? [`SKIPPED, ${names.length}:`, ...names, ''] : []),
    `${passed} passed, ${failed} failed`,
  ].join('\n');
}

export default class ClosingLine {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.testResults.flatMap(({ testFilePath, testResults }) =>
        testResults
          .filter(({ status }) => status === 'pending' || status === 'todo')
          .map(({ fullName }) => ({ file: relative(this.rootDir, testFilePath), name: fullName })),
      ),
    };
    const file = process.env.SVODKA_TOTALS;
    if (file) writeFileSync(file, JSON.stringify(totals));
    else console.log(closing(totals));
  }
}
