import fc from 'fast-check';
import { isolated } from './isolate.ts';
import { translate } from './translate.ts';

const MARKS = [
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u200f',
];
const textArb = fc
  .array(fc.constantFrom(...MARKS, 'а', 'b', 'ש', ' ', '1'), { maxLength: 20 })
  .map((signs) => signs.join(''));

/** What is open after each sign, as UAX #9 counts: an embedding ends by its own mark or with the isolate around it. */
function depths(text: string): number[] {
  const open: ('embedding' | 'isolate')[] = [];
  return [...text].map((sign) => {
    if (/[\u2066-\u2068]/.test(sign)) open.push('isolate');
    else if (/[\u202a\u202b\u202d\u202e]/.test(sign)) open.push('embedding');
    else if (sign === '\u202c' && open.at(-1) === 'embedding') open.pop();
    else if (sign === '\u2069' && open.includes('isolate')) open.splice(open.lastIndexOf('isolate'));
    return open.length;
  });
}

describe(isolated.name, () => {
  it('ends what a text turns around with the text, whatever its marks', () => {
    fc.assert(
      fc.property(textArb, (text) => {
        const safe = isolated(text);
        if (safe === text) return expect(depths(text).at(-1) ?? 0).toBe(0);
        const counted = depths(safe);
        expect(counted.at(-1)).toBe(0);
        expect(counted.slice(0, -1).every((depth) => depth > 0)).toBe(true);
      }),
    );
  });

  it('leaves ordinary texts as they are', () => {
    for (const text of ['Лесная поляна, 83 — «Окна-Юг»', 'Émile & Co <b>', '👨‍👩‍👧', ''])
      expect(isolated(text)).toBe(text);
  });

  it('is done to every text inside of a message', () => {
    const name = '\u202eреверс';
    expect(translate('ru', 'row.author', { name })).toContain(isolated(name));
  });
});
