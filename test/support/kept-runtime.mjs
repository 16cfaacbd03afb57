// The test files of a worker run one after the other in one world: what one of them has loaded of the product and of
// packages, and what of that the compiler has warmed up, is there for all that follow. Jest's own way, everything anew
// for each file, took half of the processors' time. Nothing of ours is mocked as a module, and who needs a fresh
// process starts one. Made anew are the test file itself and jest's own part of it.
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';

const Runtime = JestRuntime.default ?? JestRuntime;
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
  kept._testPath = testPath;
  return kept;
}
