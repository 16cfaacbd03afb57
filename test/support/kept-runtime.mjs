// The test files of a worker run one after the other in one world: what one of them has loaded of the product and of
// packages, and what of that the compiler has warmed up, is there for all that follow. Jest's own way, everything anew
// for each file, took half of the processors' time. Nothing of ours is mocked as a module, and who needs a fresh
// process starts one. Made anew are the test file itself and jest's own part of it.
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';

const Runtime = JestRuntime.default ?? JestRuntime;
/** What jest's own part leaves on the global object: who hears of what happens, and what happened. */
const HEARERS = Symbol.for('EVENT_HANDLERS');
const STATE = 'JEST_STATE_SYMBOL';
let kept;

/** Jest calls it with `new`, once for each test file of a worker. */
export default function KeptRuntime(config, environment, ...given) {
  const [, , , , testPath] = given;
  if (!kept) {
    kept = new Runtime(config, environment, ...given);
    kept.teardown = () => {
      kept.restoreAllMocks();
      kept.jestGlobals.clearJestObjectCache();
    };
  }
  const { esModuleRegistry, internalModuleRegistry } = kept.registries;
  for (const path of [kept._testPath, ...config.setupFilesAfterEnv])
    esModuleRegistry.delete(pathToFileURL(path).href);
  for (const key of esModuleRegistry.keys())
    if (key.startsWith('@jest/globals/')) esModuleRegistry.delete(key);
  internalModuleRegistry.clear();
  forgetFile(environment.global);
  kept._testPath = testPath;
  return kept;
}

/** Else the file before would go on hearing: of an error that nobody waited for, in place of the file that made it. */
function forgetFile(global) {
  delete global[HEARERS];
  for (const key of Object.getOwnPropertySymbols(global)) if (key.description === STATE) delete global[key];
}
