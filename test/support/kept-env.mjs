// The one global object of a worker's test files (kept-runtime.mjs).
import { TestEnvironment } from 'jest-environment-node';

let kept;

/** Jest calls it with `new`, once for each test file of a worker. */
export default function KeptEnvironment(config, context) {
  if (!kept) {
    kept = new TestEnvironment(config, context);
    kept.teardown = async () => kept.fakeTimersModern.useRealTimers();
  }
  return kept;
}
