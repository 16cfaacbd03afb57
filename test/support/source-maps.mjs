import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform, transformSync } from '@swc/core';

const rc = JSON.parse(readFileSync(new URL('../../.swcrc', import.meta.url), 'utf8'));
delete rc.$schema;
delete rc.jsc.rewriteRelativeImportExtensions; // the .ts files themselves are imported
const options = (filename) => ({
  ...rc,
  filename,
  swcrc: false,
  configFile: false,
  module: { type: 'es6' },
});

export const compile = (path, source) => transform(source, options(path));

/** Where the map of a compiled file is, for the stacks of errors: few are ever asked for, so each is made then. */
export class SourceMaps extends Map {
  #dir;

  get(url) {
    if (!this.has(url)) this.set(url, this.#make(url));
    return super.get(url);
  }

  #make(url) {
    if (!/^file:.*\.ts(\?|$)/.test(url)) return '';
    const path = fileURLToPath(url);
    this.#dir ??= mkdtempSync(join(tmpdir(), 'svodka-maps-'));
    const at = join(this.#dir, `${this.size}.map`);
    writeFileSync(at, transformSync(readFileSync(path, 'utf8'), options(path)).map);
    return at;
  }

  /** Nothing asks for them any more. */
  drop() {
    if (this.#dir) rmSync(this.#dir, { recursive: true, force: true });
  }
}
