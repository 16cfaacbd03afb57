// One jest run over all workspaces. Sources are compiled file by file by swc; nothing is built first except
// for the fault and browser tests, which start the production build (see test/support).
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const rootDir = dirname(import.meta.dirname);

const rc = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));
delete rc.$schema;
delete rc.jsc.rewriteRelativeImportExtensions; // jest resolves the .ts files themselves
const swc = ['@swc/jest', { ...rc, swcrc: false, module: { type: 'es6' }, sourceMaps: 'inline' }];

const base = {
  rootDir,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/build/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limits.mjs'],
  moduleNameMapper: { '^@svodka/shared/(.*)$': '<rootDir>/shared/$1.ts' },
};

/** Who watches wants what has changed meanwhile. */
const kept = {
  runtime: '<rootDir>/test/support/kept-runtime.mjs',
  testEnvironment: '<rootDir>/test/support/kept-env.mjs',
};

/** @type {import('jest').Config} */
export default {
  rootDir,
  testSequencer: '<rootDir>/test/support/file-order.mjs',
  // What the page's tests have loaded is not let go of by Node's vm (the others share it, kept-runtime.mjs). A worker that
  // holds the modules of many files spends most of its time in looking through them for garbage. Counted is garbage too.
  // «A worker process has failed to exit gracefully» is agenda: after each alarm it leaves a timer of half a lock's life.
  workerIdleMemoryLimit: '900MB',
  reporters: ['default', '<rootDir>/test/support/closing-line.mjs'],
  projects: [
    {
      ...base,
      displayName: 'node',
      testMatch: ['shared', 'server', 'test'].map((folder) => `<rootDir>/${folder}/**/*.test.ts`),
      ...(process.argv.some((argument) => argument.startsWith('--watch')) ? {} : kept),
    },
    {
      ...base,
      displayName: 'client',
      testMatch: ['<rootDir>/client/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/support/jsdom-env.mjs',
      setupFiles: ['<rootDir>/test/support/client-setup.ts'],
      testEnvironmentOptions: { customExportConditions: ['browser', 'svelte', 'svodka-source'] },
      extensionsToTreatAsEsm: ['.ts', '.svelte'],
      transform: {
        '\\.svelte(\\.([^/]+\\.)?[jt]s)?$': '<rootDir>/test/support/svelte-transform.mjs',
        '\\.ts$': swc,
      },
      transformIgnorePatterns: ['/node_modules/(?!.*\\.svelte(\\.js)?$)'],
    },
  ],
};
