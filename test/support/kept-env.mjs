// The one global object of a worker's test files: the worker's own (kept-runtime.mjs).
import { TestEnvironment } from 'jest-environment-node';

const KEPT = Symbol.for('svodka.kept');
const { console, process } = globalThis;
const exit = process.exit;
let kept;

/** Jest calls it with `new`, once for each test file of a worker. */
export default function KeptEnvironment(config, context) {
  kept ??= make(config, context);
  return kept;
}

function make(config, context) {
  // Of jest's own environment only what makes mocks and timers, for this global object.
  const { moduleMocker, fakeTimersModern, fakeTimers } = new TestEnvironment(config, context);
  const mocker = new moduleMocker.constructor(globalThis);
  const timers = new fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
  fakeTimers.dispose();
  globalThis[KEPT] = { mocker, timers };
  process.once('SIGTERM', () => exit(143));
  return {
    global: globalThis,
    moduleMocker: mocker,
    fakeTimers: null,
    fakeTimersModern: timers,
    exportConditions: () => ['node', 'node-addons'],
    getVmContext: () => null,
    async setup() {},
    async teardown() {
      timers.useRealTimers();
      Object.assign(globalThis, { console });
      process.exit = exit; // each file wraps it anew
    },
  };
}
