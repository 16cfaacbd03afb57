// A text that nobody shows is translated for nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogues } from './catalogue.ts';

const root = join(import.meta.dirname, '../..');
/** Whose beginning another table gives: the codes that filters know, the two kinds of a record, the tabs of the calendar. */
const BY_TABLE =
  /^(?:due|flag)\.|^(?:projects|counterparties)\.(?:back|manager|note)$|^(?:calendar|deadlines)\.title$/;

const isSource = (path: string) =>
  /\.(?:ts|svelte)$/.test(path) &&
  !/\.test\.ts$|node_modules|[\\/]messages[\\/][a-z]+\.(?:ru|en)\.ts$/.test(path);
const source = ['client', 'server', 'shared']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter(isSource)
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n');

const written = new Set(source.match(/(?<=['"`])[\w-]+(?:\.[\w-]+)+(?=['"`])/g));
/** `rules.by.${kind}`: any key that it may become. */
const made = [...new Set(source.match(/(?<=`)[a-z][\w-]*\.[\w.-]*\$\{(?:[\w.-]|[^`]*?\})*(?=`)/gi))]
  .map((text) => text.split(/\$\{[^`]*?\}/))
  .map((parts) => new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[\\w./-]*')}$`));

describe('messages', () => {
  it('are each asked for somewhere', () => {
    const unused = Object.keys(catalogues.ru).filter(
      (key) => !written.has(key) && !BY_TABLE.test(key) && !made.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });
});
