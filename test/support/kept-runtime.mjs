// The test files of a worker run one after the other in one world, the worker's own: what one of them has loaded of the
// product and of packages, and what of that the compiler has warmed up, is there for all that follow, and Node itself
// loads it. Jest's own way, everything anew for each file and in a context of Node's vm, where each look at a global
// goes through a proxy, took more than half of the processors' time. Nothing of ours is mocked as a module, and who
// needs a fresh process starts one. Made anew are the test file itself and jest's own part of it.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { SourceMaps } from './source-maps.mjs';

const require = createRequire(import.meta.url);
/** What jest's own part leaves on the global object: who hears of what happens, and what happened. */
const HEARERS = Symbol.for('EVENT_HANDLERS');
const STATE = 'JEST_STATE_SYMBOL';

register('./source-loader.mjs', import.meta.url);
const maps = new SourceMaps();
process.once('exit', () => maps.drop());
let files = 0;

const hooks = require('node:async_hooks');
const { AsyncLocalStorage } = hooks;
/**
 * Which test is under way, for jest's own part. Tests of a file run one after the other; the real one would put hooks on
 * every promise of the product, a tenth of the processor's time, for tests that run at once.
 */
class OneAtATime {
  #store;

  getStore() {
    return this.#store;
  }

  run(store, work) {
    const before = this.#store;
    const end = () => {
      this.#store = before;
    };
    this.#store = store;
    let result;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    if (typeof result?.then === 'function') return Promise.resolve(result).finally(end);
    end();
    return result;
  }
}

/** The part of jest's runtime that its runner asks for. Made once for each test file of a worker. */
export default class KeptRuntime {
  #mocker;

  constructor(_config, environment) {
    this.#mocker = environment.moduleMocker;
    files++;
    forgetFile();
  }

  /** Jest's own part. */
  requireInternalModule(path) {
    for (const loaded of Object.keys(require.cache))
      if (loaded.includes('/jest-circus/')) delete require.cache[loaded];
    hooks.AsyncLocalStorage = OneAtATime;
    try {
      return require(path);
    } finally {
      hooks.AsyncLocalStorage = AsyncLocalStorage;
    }
  }

  requireModule(path) {
    return require(path);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** The test file, or what prepares it; never what they import. */
  unstable_importModule(path) {
    return import(`${pathToFileURL(path)}?file=${files}`);
  }

  getSourceMaps() {
    return maps;
  }

  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}

  restoreAllMocks() {
    this.#mocker.restoreAllMocks();
  }

  clearAllMocks() {
    this.#mocker.clearAllMocks();
  }

  resetAllMocks() {
    this.#mocker.resetAllMocks();
  }

  resetModules() {}

  getAllCoverageInfoCopy() {}

  teardown() {
    this.restoreAllMocks();
  }
}

/** Else the file before would go on hearing: of an error that nobody waited for, in place of the file that made it. */
function forgetFile() {
  delete globalThis[HEARERS];
  for (const key of Object.getOwnPropertySymbols(globalThis))
    if (key.description === STATE) delete globalThis[key];
}
