import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { catalogues } from '@svodka/shared/messages/catalogue';

const folder = import.meta.dirname;
const sheet = readFileSync(join(folder, 'fonts.css'), 'utf8');
const faces = [...sheet.matchAll(/url\("([^"]+)"\)[^;]*;\s*unicode-range:\s*([^;]+);/g)].map(
  ([, url = '', ranges = '']) => ({
    url,
    has: (point: number) =>
      ranges.split(/,\s*/).some((range) => {
        const [from, to = from] = range
          .slice(2)
          .split('-')
          .map((end) => Number.parseInt(end, 16));
        return point >= (from ?? 0) && point <= (to ?? 0);
      }),
  }),
);
const own = faces.filter(({ url }) => url.startsWith('./'));

describe('the fonts that are loaded first', () => {
  it('weigh at most 70 KB together', () => {
    const bytes = own.reduce((sum, { url }) => sum + statSync(join(folder, url)).size, 0);
    expect(own).toHaveLength(4);
    expect(bytes).toBeLessThanOrEqual(70_000);
  });

  it('hold every letter of every message in both languages, and the rouble', () => {
    const text = [...new Set(`${Object.values(catalogues).flatMap(Object.values).join('')}₽№`)];
    const missing = text.filter(
      (letter) =>
        /[\p{L}\p{N}\p{Sc}]/u.test(letter) && !own.some(({ has }) => has(letter.codePointAt(0) as number)),
    );
    expect(missing).toEqual([]);
  });
});
