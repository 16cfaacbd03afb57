// What a test file gives as the longest time of a test or hook is for a quiet machine. A test that hangs is found later
// for it, never missed: waits end by themselves, by the pace of the moment (pace.ts).
import { jest } from '@jest/globals';
import { SLOWEST } from './pace.ts';

jest.setTimeout(60_000 * SLOWEST);

const isFunction = (value) => typeof value === 'function';

/** `name, body, limit` of tests, `body, limit` of hooks. */
function withLimits(declare) {
  const longer = (...given) =>
    declare(
      ...given.map((value, i) =>
        typeof value === 'number' && isFunction(given[i - 1]) ? value * SLOWEST : value,
      ),
    );
  return new Proxy(declare, {
    apply: (_, __, given) => longer(...given),
    get: (target, name) => {
      const inner = Reflect.get(target, name);
      if (name === 'each') return (...table) => withLimits(inner(...table));
      return isFunction(inner) && ['only', 'skip', 'failing', 'concurrent'].includes(name)
        ? withLimits(inner)
        : inner;
    },
  });
}

for (const name of ['it', 'test', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'])
  globalThis[name] = withLimits(globalThis[name]);
