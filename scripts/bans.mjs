// What no linter of ours knows to forbid; each ban with its reason. Prints file:line for every hit, exits 1 on any.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);

const within =
  (...folders) =>
  (path) =>
    folders.some((folder) => path.startsWith(folder));
const code = (path) => /\.(ts|mjs|svelte)$/.test(path);
/** Tests, and what only they use, may do more. */
const product = (path) =>
  code(path) && within('server/', 'client/', 'shared/')(path) && !/\.test\.ts$|\/testing\//.test(path);

/** Lines that match `pattern` in files that `where` accepts. The patterns are written so as not to match themselves. */
const BANS = [
  {
    pattern: /\{@html\b/,
    where: (path) => path.endsWith('.svelte'),
    why: 'text from people reaches this page: markup from data is a hole (test/security/README.md 15)',
  },
  {
    pattern: /\bprepared\s*:/,
    where: product,
    why: 'a prepared mail header skips the check for line breaks',
  },
  {
    pattern: /\sstyle=["'](?![^"']*\{)/,
    where: (path) => path.endsWith('.svelte'),
    why: 'the content security policy drops a static style attribute; use a class, style:prop or style={…}',
  },
  {
    pattern: /[{:]\s*(?:\w+\.)?event\.title\b/,
    where: (path) => product(path) && path.startsWith('client/'),
    why: 'what a machine wrote stands there in one language: titleOf() says it in that of the screen',
  },
  {
    pattern: /\bprocess\.env\b/,
    where: (path) =>
      product(path) &&
      !within('server/platform/config', 'server/embedded-mongo/')(path) &&
      // A program hands its environment to loadConfig; the bundler's configuration is no product code.
      ![
        'server/main.ts',
        'server/demo/main.ts',
        'server/audit/verify.ts',
        'server/files/scrub.ts',
        'server/backup/make.ts',
        'server/backup/put-back.ts',
        'server/erasure/main.ts',
        'client/vite.config.ts',
      ].includes(path),
    why: 'settings are read in server/platform/config, once and checked',
  },
  {
    pattern: /\b(?:describe|it|test)\.only\(|\bf(?:describe|it)\(/,
    where: (path) => path.endsWith('.test.ts'),
    why: 'it silences every other test of the file',
  },
  {
    pattern: /registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|"resolved": "https?:/,
    where: (path) => path !== 'scripts/bans.mjs',
    why: 'the repository works with any package registry and names none',
  },
  {
    pattern: /(?:^|[\s"'`(=])\/(?:work|home|Users|root)\/\w/,
    where: (path) => path !== 'scripts/bans.mjs' && path !== 'Dockerfile',
    why: 'a path of one machine',
  },
];

const tracked = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
if (tracked.status !== 0) {
  console.error('This check reads the list of files from git, and git does not answer here.');
  process.exit(1);
}

let hits = 0;
function report(path, line, why, text) {
  hits++;
  console.log(`${path}:${line}  ${why}\n    ${text.trim().slice(0, 140)}`);
}

for (const path of tracked.stdout
  .split('\n')
  .filter((name) => /\.(?:ts|mjs|svelte|json|md|ya?ml|css|html)$|file$|^\.ci\//.test(name))) {
  let text;
  try {
    text = readFileSync(`${root}/${path}`, 'utf8');
  } catch {
    continue; // deleted, and the deletion not committed yet
  }
  const bans = BANS.filter(({ where }) => where(path));
  text.split('\n').forEach((line, index) => {
    for (const { pattern, why } of bans) if (pattern.test(line)) report(path, index + 1, why, line);
  });
}

// The table of trials names tests that exist, and no row is without one.
const files = new Set(tracked.stdout.split('\n'));
readFileSync(`${root}/docs/trials.md`, 'utf8')
  .split('\n')
  .forEach((line, index) => {
    const [, row, , cure = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (!/^[A-Z]\d+$/.test(row ?? '')) return;
    const named = cure.match(/[\w./-]+\.test\.ts/g) ?? [];
    if (named.length === 0) report('docs/trials.md', index + 1, 'a row of the trials without a test', line);
    for (const path of named.filter((name) => !files.has(name)))
      report('docs/trials.md', index + 1, `no such test: ${path}`, line);
  });
// A sentence that tests cite has a number of its own in the whole house.
const sentences = new Map();
for (const path of [...files].filter((name) => name.endsWith('SPEC.md')))
  readFileSync(`${root}/${path}`, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const id = /^- \*\*([A-Z]+\d+)\b/.exec(line)?.[1];
      if (id && sentences.has(id))
        report(path, index + 1, `${id} is a sentence of ${sentences.get(id)} already`, line);
      else if (id) sentences.set(id, path);
    });
process.exitCode = hits === 0 ? 0 : 1;
