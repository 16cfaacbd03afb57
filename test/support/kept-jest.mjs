// What test files of a kept world import as '@jest/globals' (kept-runtime.mjs): the rest of it are globals.
const { mocker, timers } = globalThis[Symbol.for('svodka.kept')];

export const jest = {
  fn: (implementation) => mocker.fn(implementation),
  spyOn: (...of) => mocker.spyOn(...of),
  restoreAllMocks: () => mocker.restoreAllMocks(),
  /** The ticks of Node itself are these same ones: sockets and files would stand still. */
  useFakeTimers: ({ doNotFake = [], ...given } = {}) =>
    timers.useFakeTimers({ ...given, doNotFake: [...doNotFake, 'nextTick', 'queueMicrotask'] }),
  useRealTimers: () => timers.useRealTimers(),
  advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
  advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
  setTimeout(ms) {
    globalThis[Symbol.for('TEST_TIMEOUT_SYMBOL')] = ms;
  },
};
