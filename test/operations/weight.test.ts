/** What a page fetches before its first screen stands, as the server hands it out. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { laterRu } from '@svodka/shared/messages/later.ru';
import { root } from '../support/app-process.ts';

const client = join(root, 'build/client');
const FIRST_SCRIPTS_BYTES = 150_000;

/** The scripts that `index.html` names, and what these import at once; what is fetched later is not among them. */
function firstScripts(): string[] {
  const wanted = [...readFileSync(join(client, 'index.html'), 'utf8').matchAll(/"\/(assets\/[^"]+\.js)"/g)];
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    const code = readFileSync(join(client, path), 'utf8');
    for (const [, name] of code.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) visit(`assets/${name}`);
  };
  for (const [, path = ''] of wanted) visit(path);
  return [...found];
}

const sent = (path: string) =>
  statSync(existsSync(join(client, `${path}.br`)) ? join(client, `${path}.br`) : join(client, path)).size;

describe('the first screen', () => {
  it('needs at most 150 KB of scripts', () => {
    const scripts = firstScripts().map((path) => ({ path, bytes: sent(path) }));
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.length).toBeLessThan(readdirSync(join(client, 'assets')).length);
    const sum = scripts.reduce((total, { bytes }) => total + bytes, 0);
    expect({
      sum: sum <= FIRST_SCRIPTS_BYTES ? 'light' : sum,
      scripts: sum <= FIRST_SCRIPTS_BYTES ? [] : scripts,
    }).toEqual({
      sum: 'light',
      scripts: [],
    });
  });

  it('asks for no text that is fetched later', () => {
    const code = firstScripts()
      .map((path) => readFileSync(join(client, path), 'utf8'))
      .join('\n');
    const said = new Set([...code.matchAll(/(["'`])([a-z][\w.-]+)\1/gi)].map(([, , text]) => text));
    expect(Object.keys(laterRu).filter((key) => said.has(key))).toEqual([]);
  });
});
