// Runs after every install: puts the pre-commit hook into a developer's checkout. It never fails: a container, a
// continuous integration run or an unpacked archive has nothing to commit.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const lefthook = join(root, 'node_modules/lefthook/bin/index.js');
const quiet = (command, args) => spawnSync(command, args, { cwd: root, encoding: 'utf8' });

// Hooks that somebody keeps elsewhere are theirs to arrange.
const hooksElsewhere = () => quiet('git', ['config', '--get', 'core.hooksPath']).status === 0;

if (!process.env.CI && existsSync(join(root, '.git')) && existsSync(lefthook) && !hooksElsewhere()) {
  quiet(process.execPath, [lefthook, 'install']);
}
