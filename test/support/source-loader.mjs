// Node's loader for test files and what they import: TypeScript by swc, as the product is compiled.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from './source-maps.mjs';

const SHARED = /^@svodka\/shared\/(.*)$/;

export function resolve(specifier, context, next) {
  if (specifier === '@jest/globals')
    return { url: new URL('./kept-jest.mjs', import.meta.url).href, shortCircuit: true };
  const [, shared] = SHARED.exec(specifier) ?? [];
  return next(shared ? new URL(`../../shared/${shared}.ts`, import.meta.url).href : specifier, context);
}

export async function load(url, context, next) {
  const { pathname } = new URL(url);
  if (!url.startsWith('file:') || !pathname.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await compile(path, await readFile(path, 'utf8'));
  return { format: 'module', source: code, shortCircuit: true };
}
