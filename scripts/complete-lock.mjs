// Run after every `npm install` that changed package-lock.json.
//
// npm leaves out of the lockfile those platform builds (@swc/core-darwin-arm64 …) that the registry at hand does
// not have, and `npm ci` then refuses the lockfile on every machine. This adds the missing entries, without an
// integrity hash, which npm looks up where the package exists; `os` and `cpu` keep other machines from asking.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);

const SYSTEMS = new Set('aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' '));
const PROCESSORS = new Set('arm arm64 ia32 loong64 ppc64 riscv64 s390x wasm32 x64'.split(' '));
const ALIASES = { armv7: 'arm', ppc64le: 'ppc64' };

/** What a package's name says about the machine it is for; undefined when it says nothing. */
function platformOf(name) {
  const words = name
    .split('/')
    .at(-1)
    .split('-')
    .map((word) => ALIASES[word] ?? word);
  const cpu = words.find((word) => PROCESSORS.has(word));
  // A WebAssembly build is asked for by name (npm i --cpu=wasm32), never by a machine.
  const os = words.find((word) => SYSTEMS.has(word)) ?? (cpu === 'wasm32' ? 'none' : undefined);
  if (!os) return undefined;
  const libc =
    os !== 'linux' ? undefined : /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), os: [os] };
}

/** The entry that Node's resolution finds for `name` from the package at `path`. */
function resolve(packages, path, name) {
  for (let dir = path; ; dir = dir.slice(0, Math.max(0, dir.lastIndexOf('/node_modules/')))) {
    const found = packages[`${dir ? `${dir}/` : ''}node_modules/${name}`];
    if (found || !dir) return found;
  }
}

/** Platform builds that the lockfile's packages ask for by an exact version and that it does not list. */
export function missingBuilds(lock) {
  const missing = [];
  for (const [path, owner] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      if (!/^\d/.test(version)) continue;
      const found = resolve(lock.packages, path, name);
      if (found?.version === version) continue;
      const platform = platformOf(name);
      if (!platform) continue;
      const where = found ? `${path}/node_modules/${name}` : `node_modules/${name}`;
      missing.push([where, { version, ...platform, ...(owner.dev && { dev: true }), optional: true }]);
    }
  }
  return missing;
}

if (import.meta.filename === process.argv[1]) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingBuilds(lock);
  for (const [where, entry] of missing) lock.packages[where] ??= entry;
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(missing.length ? missing.map(([where]) => `added ${where}`).join('\n') : 'nothing was missing');
}
