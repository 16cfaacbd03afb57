// Puts what runs together from the compiled files: Node finds, opens and compiles a few large files in much less time
// than two thousand small ones, and that was most of a start.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Each is started by its own file; what several of them need lies beside, in files of its own. */
const PROGRAMS = [
  'main',
  'audit/verify',
  'backup/make',
  'backup/put-back',
  'demo/main',
  'embedded-mongo/main',
  'erasure/main',
  'files/pictures/main',
  'files/scrub',
];

/** They load what is beside them (native builds, workers), or must be there before anything else. */
const APART = /^(lmdb|sharp|@node-rs\/argon2|@e965\/xlsx|pino|reflect-metadata)$/;

/** Not ours: packages look whether somebody has installed them. */
const OPTIONAL = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  '@nestjs/microservices',
  '@nestjs/microservices/microservices-module.js',
  'aws4',
  'bufferutil',
  'class-transformer',
  'class-validator',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
  'utf-8-validate',
];

/** A module says where it lies as if it still lay in its folder; and in the bundle its name stands above it. */
function keptPlaces(from) {
  return {
    name: 'kept-places',
    transform(code, id) {
      if (!id.startsWith(from)) return null;
      const place = relative(from, id).replaceAll('\\', '/');
      const folder = `(import.meta.dirname + ${JSON.stringify(`/${dirname(place)}`)})`;
      return `/*! ${place} */ ${code.replaceAll('import.meta.dirname', folder)}`;
    },
    generateBundle(_, chunks) {
      for (const { fileName, code } of Object.values(chunks))
        if (fileName.includes('/') && code.includes('import.meta.dirname'))
          throw new Error(`${fileName} asks where it lies; what does so belongs into no program of a folder`);
    },
  };
}

/**
 * Programs last and each by a rename: a server may be starting from them. What an earlier bundle had stays until then.
 */
function put(to, chunks) {
  const programs = new Set(PROGRAMS.map((name) => `${name}.js`));
  const rank = ({ fileName }) => Number(programs.has(fileName));
  for (const { fileName, code } of chunks.toSorted((a, b) => rank(a) - rank(b))) {
    const path = join(to, fileName);
    mkdirSync(dirname(path), { recursive: true });
    const part = `${path}.${process.pid}`;
    writeFileSync(part, code);
    renameSync(part, path);
  }
  const kept = new Set(chunks.map(({ fileName }) => join(to, fileName)));
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.js(\.map)?$/.test(path) && !kept.has(path)) rmSync(path, { force: true });
  }
}

/** Names of functions and lines stay: whoever reads the trace of an error finds its place. */
export async function bundle({ from, to }) {
  const { rolldown } = await import('rolldown');
  const unknown = [];
  const build = await rolldown({
    input: Object.fromEntries(PROGRAMS.map((name) => [name, join(from, `${name}.js`)])),
    platform: 'node',
    external: (id) => APART.test(id) || OPTIONAL.includes(id),
    plugins: [keptPlaces(from)],
    onLog: (_, { code, message }) => code === 'UNRESOLVED_IMPORT' && unknown.push(message),
  });
  const { output } = await build.generate({
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    keepNames: true,
    comments: { legal: true, jsdoc: false, annotation: false },
  });
  await build.close();
  if (unknown.length > 0) throw new Error(`not found, and not known as optional:\n${unknown.join('\n')}`);
  put(to, output);
  writeFileSync(join(to, 'package.json'), JSON.stringify({ type: 'module' }));
}
