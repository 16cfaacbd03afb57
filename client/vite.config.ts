import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';

/** Where `npm run dev` finds the API; the production build is handed out by the server itself. */
const api = process.env.API_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [
    svelte(),
    compression({
      algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip')],
      threshold: 1024,
    }),
  ],
  resolve: { conditions: ['svodka-source', ...defaultClientConditions] },
  server: {
    port: 5173,
    proxy: { '/api': api, '/socket.io': { target: api, ws: true } },
  },
  build: {
    outDir: '../build/client',
    emptyOutDir: true,
    // light-dark(), which the theme is written with, is left as it is for these.
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    // The content security policy has no data: for fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
