// Who may import whom: floors, and no circles, of files and of rooms. Type imports count: what needs another's type
// cannot be taken out without it. Prints file:line for every hit, exits 1 on any.
//
// Our own and not dependency-cruiser, which was tried: of Svelte files it sees what the compiler leaves, so a third of
// their imports (types) is lost to it; it takes 14 s for that; and its newest version does not run on Node 20.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = dirname(import.meta.dirname);

/** Floors, the lowest first: a file imports from its own floor and those below it. Rooms of one floor stand side by side. */
const FLOORS = [
  [/^shared\/contracts\//, /^shared\/filter\//, /^shared\/rules\//, /^shared\/messages\//],
  [/^shared\/feed\//],
  [/^shared\/routes\//],
  [/^server\/process-lock\//],
  [/^server\/embedded-mongo\//, /^client\/format\//, /^client\/ui\//],
  [/^server\/platform\//, /^client\/api\//],
  [/^server\/changes\//, /^client\/state\//],
  [/^server\/accounts\//, /^client\/features\//],
  [/^server\/(?:orders\/projects|counterparties|entries|refs)\//, /^client\//],
  [/^server\/events\//],
  [/^server\/[a-z-]+\//],
  [/^server\//],
];

/** What packages a part may import, and what it must not touch whatever the floors say. */
const PACKAGES = [
  {
    where: /^shared\//,
    allowed: (from) => /^(?:zod|intl-messageformat|luxon|libphonenumber-js|marked)(?:\/|$)/.test(from),
    why: 'shared runs on both sides and imports zod, intl-messageformat, luxon, libphonenumber-js and marked only',
  },
  {
    where: /^server\//,
    allowed: (from) => from !== 'svelte',
    why: 'server and client meet in shared only',
  },
  {
    where: /^client\//,
    allowed: (from) => !/^(?:node:|@nestjs\/|mongo)/.test(from),
    why: 'server and client meet in shared only',
  },
  {
    where: /^server\/embedded-mongo\//,
    allowed: (from) => !/^(?:@nestjs\/|mongoose)/.test(from),
    why: 'the embedded store knows nothing of the application, so that it can be taken out whole',
  },
];

const floorOf = (path) => FLOORS.findIndex((floor) => floor.some((pattern) => pattern.test(path)));
const partOf = (path) => path.split('/')[0];
/**
 * A room: a folder of the server, of the client's features, or of what is shared. Of the orders, what people enter is a
 * room below the events, and what follows from events one above them.
 */
const roomOf = (path) =>
  /^(?:server\/orders\/projects|client\/features\/[\w-]+|(?:server|shared|client)\/(?!features\/)[\w-]+)(?=\/)/.exec(
    path,
  )?.[0] ?? path;

const tracked = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
if (tracked.status !== 0) {
  console.error('This check reads the list of files from git, and git does not answer here.');
  process.exit(1);
}
const files = tracked.stdout
  .split('\n')
  .filter(
    (path) =>
      /^(?:server|client|shared)\/.*\.(?:ts|svelte)$/.test(path) &&
      !/\.test\.ts$|\/testing\//.test(path) &&
      existsSync(join(root, path)),
  );
const known = new Set(files);

let hits = 0;
function report(where, why, text = '') {
  hits++;
  console.log(`${where}  ${why}${text && `\n    ${text.trim().slice(0, 140)}`}`);
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

/** The file of ours that is imported; null: a package. */
function target(path, from) {
  const ours = from.startsWith('.')
    ? normalize(join(dirname(path), from))
    : from.startsWith('@svodka/shared/')
      ? `${from.slice('@svodka/'.length)}.ts`
      : null;
  if (ours === null) return null;
  return known.has(ours) ? ours : undefined;
}

const edges = new Map(files.map((path) => [path, new Map()]));
for (const path of files) {
  const text = readFileSync(join(root, path), 'utf8');
  for (const match of text.matchAll(IMPORT)) {
    const from = match[1] ?? match[2] ?? match[3];
    const line = text.slice(0, match.index + match[0].length).split('\n').length;
    const to = target(path, from);
    if (to) edges.get(path).set(to, line);
    if (to === null)
      for (const { where, allowed, why } of PACKAGES)
        if (where.test(path) && !allowed(from)) report(`${path}:${line}`, why, from);
    if (!to) continue;
    if (partOf(to) !== partOf(path) && partOf(to) !== 'shared')
      report(`${path}:${line}`, 'server and client meet in shared only', to);
    else if (/^server\/embedded-mongo\//.test(path) && !/^server\/(?:embedded-mongo|process-lock)\//.test(to))
      report(`${path}:${line}`, 'the embedded store imports nothing of the application', to);
    else if (floorOf(to) > floorOf(path)) report(`${path}:${line}`, 'imports from a floor above its own', to);
  }
}

/** Tarjan: the sets of nodes that reach each other, each with more than one. */
function circles(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

for (const circle of circles(new Map([...edges].map(([path, to]) => [path, to.keys()]))))
  report(circle[0], 'files import each other in a circle', circle.join(' '));

const rooms = new Map();
const examples = new Map();
for (const [path, to] of edges) {
  for (const [other, line] of to) {
    const [from, into] = [roomOf(path), roomOf(other)];
    if (from === into) continue;
    rooms.set(from, (rooms.get(from) ?? new Set()).add(into));
    if (!examples.has(`${from} ${into}`)) examples.set(`${from} ${into}`, `${path}:${line} → ${other}`);
  }
}
for (const circle of circles(rooms)) {
  report(circle[0], `rooms import each other in a circle: ${circle.join(', ')}`);
  for (const [pair, example] of examples) {
    const [from, into] = pair.split(' ');
    if (circle.includes(from) && circle.includes(into)) console.log(`    ${example}`);
  }
}
process.exitCode = hits === 0 ? 0 : 1;
