// docs/openapi.json is the REST interface as the contract (shared/routes) says it. `npm run check` compares the two, so
// that a change of what scripts rely on is seen in the diff; `npm run openapi` writes it anew.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runnerImport } from 'vite';

const root = dirname(import.meta.dirname);
const path = join(root, 'docs/openapi.json');

const { module } = await runnerImport(join(root, 'server/platform/openapi/openapi-document.ts'), {
  root,
  configFile: false,
  logLevel: 'error',
  resolve: { alias: [{ find: /^@svodka\/shared\/(.+)$/, replacement: join(root, 'shared/$1.ts') }] },
});
const { stdout: text } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=docs/openapi.json'],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26, // an answer that is longer would be cut, and nothing said
    input: JSON.stringify(module.openApiDocument({ version: '', cookie: '__Host-svodka' })),
  },
);

if (process.argv.includes('--write')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.log('docs/openapi.json is not what the routes say. If the change is meant: npm run openapi');
  process.exitCode = 1;
}
