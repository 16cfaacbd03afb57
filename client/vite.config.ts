import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';

/** Where `npm run dev` finds the API; the production build is handed out by the server itself. */
const api = process.env.API_URL ?? 'http://127.0.0.1:3000';

type Modules = {
  getModuleInfo(
    id: string,
  ): { importedIds: readonly string[]; dynamicallyImportedIds: readonly string[] } | null;
};

/** These modules and all that they import, but what is elsewhere already. */
function reached(from: readonly string[], modules: Modules, elsewhere?: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next) || elsewhere?.has(next)) continue;
    found.add(next);
    waiting.push(...(modules.getModuleInfo(next)?.importedIds ?? []));
  }
  return found;
}

let first: Set<string> | undefined;
let soon: Set<string> | undefined;
/**
 * What the first screen needs becomes one chunk: it is fetched at once anyway, and twenty small files compress to more
 * than one. So do its parts that are fetched as soon as it is drawn (`later.ts` of each room), which were sixty files.
 * The rest is split by who fetches it.
 */
function groupOf(id: string, modules: Modules): string | null {
  first ??= reached([new URL('index.html', import.meta.url).pathname], modules);
  soon ??= reached(
    [...first]
      .filter((each) => /\blater\.ts$/.test(each))
      .flatMap((each) => modules.getModuleInfo(each)?.dynamicallyImportedIds ?? []),
    modules,
    first,
  );
  if (first.has(id)) return 'first';
  return soon.has(id) ? 'soon' : null;
}

/**
 * Parts of libraries that nothing on the page calls and that what is called holds on to: zod's JSON Schema, and the
 * transports of Socket.IO beside the WebSocket, the only one that `api/live.ts` names.
 */
const UNCALLED =
  /zod\/v4\/core\/(to-json-schema|json-schema-(processors|generator))\.js$|engine\.io-client\/build\/esm\/transports\/(polling-xhr|webtransport)\.js$/;
const withoutUncalled: Plugin = {
  name: 'without-uncalled',
  apply: 'build',
  transform(code, id) {
    if (!UNCALLED.test(id)) return null;
    const names = [...code.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
    return {
      code: names.map((name) => `export const ${name} = () => {};`).join('\n'),
      map: { mappings: '' },
    };
  },
};

/** What is taken for pure below is called `z` everywhere: a package that calls something else so may not come in. */
const oneZ: Plugin = {
  name: 'one-z',
  apply: 'build',
  transform(code, id) {
    if (/node_modules\/(?!zod\/)/.test(id) && /(?<![\w$.])z(?:\.\w+)?\(/.test(code))
      this.error(`${id} has a z of its own, see manualPureFunctions`);
    return null;
  },
};

export default defineConfig({
  plugins: [
    withoutUncalled,
    oneZ,
    svelte(),
    compression({
      algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip')],
      threshold: 1024,
      // Finished by scripts/build.mjs.
      exclude: /sw\.js$/,
    }),
  ],
  resolve: { conditions: ['svodka-source', ...defaultClientConditions] },
  server: {
    port: 5173,
    proxy: { '/api': api, '^/s/': api, '/socket.io': { target: api, ws: true } },
  },
  build: {
    outDir: '../build/client',
    emptyOutDir: true,
    // light-dark(), which the theme is written with, is left as it is for these.
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    // The content security policy has no data: for fonts.
    assetsInlineLimit: 0,
    // One sheet of styles, small as they are: a screen whose own sheet was lost with the line would stay without it, for
    // what loads them asks for each only once.
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      // Schemas that nothing on the page asks are not on it: making one does nothing else.
      treeshake: { manualPureFunctions: ['z'] },
      output: { codeSplitting: { groups: [{ debugName: 'fetched together', name: groupOf }] } },
    },
  },
});
