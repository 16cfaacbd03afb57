// npm run fonts: makes the fonts that the dashboard loads first, and their style sheet, from those of the packages: what
// its own texts and nearly all names need, and the caps of keys. The result is committed, so that a build needs no tool.
// Rarer letters come from the package's whole files, and only where a page has one.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import subsetFont from 'subset-font';

const root = dirname(import.meta.dirname);
const PACKAGES = 'node_modules/@fontsource-variable';

/** What each file holds, as ranges of code points, and which of the package's files it is cut from. */
const FONTS = [
  {
    name: 'golos-latin',
    family: 'Golos Text Variable',
    source: 'golos-text/files/golos-text-latin-wght-normal.woff2',
    ranges:
      '20-7E,A0-FF,2009-200A,2010-2015,2018-201E,2020-2022,2026,202F,2030,2032-2033,2039-203A,20AC,2122,2190-2193,2212',
  },
  {
    name: 'golos-cyrillic',
    family: 'Golos Text Variable',
    source: 'golos-text/files/golos-text-cyrillic-wght-normal.woff2',
    ranges: '400-45F,490-491,2116',
  },
  {
    name: 'golos-rouble',
    family: 'Golos Text Variable',
    source: 'golos-text/files/golos-text-latin-ext-wght-normal.woff2',
    ranges: '20BD',
  },
  {
    name: 'mono',
    family: 'JetBrains Mono Variable',
    source: 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
    ranges: '20-7E,2190-2193,21B5',
    weight: 500,
  },
];
/** Whole files of the package, for a page that has a letter of them. */
const RARE = [
  { script: 'cyrillic-ext', ranges: '460-48F,492-52F,1C80-1C8A,20B4,2DE0-2DFF,A640-A69F,FE2E-FE2F' },
  {
    script: 'latin-ext',
    ranges:
      '100-2BA,2BD-2C5,2C7-2CC,2CE-2D7,2DD-2FF,1D00-1DBF,1E00-1E9F,1EF2-1EFF,20A0-20AB,20AD-20BC,20BE-20C0,2113,2C60-2C7F,A720-A7FF',
  },
];

const charactersOf = (ranges) =>
  ranges
    .split(',')
    .flatMap((range) => {
      const [from, to = from] = range.split('-').map((end) => Number.parseInt(end, 16));
      return Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i));
    })
    .join('');

const face = (family, weight, url, ranges) => `@font-face {
  font-family: "${family}";
  font-display: swap;
  font-weight: ${weight};
  src: url("${url}") format("woff2");
  unicode-range: ${ranges
    .split(',')
    .map((range) => `U+${range}`)
    .join(', ')};
}
`;

const sheet = ['/* Written by scripts/subset-fonts.mjs (npm run fonts). */\n'];
for (const { name, family, source, ranges, weight } of FONTS) {
  const subset = await subsetFont(readFileSync(join(root, PACKAGES, source)), charactersOf(ranges), {
    targetFormat: 'woff2',
    // Ligatures and alternates are more than half of a programmer's font.
    noLayoutClosure: true,
    variationAxes: { wght: weight ?? { min: 400, max: 700 } },
  });
  writeFileSync(join(root, `client/fonts/${name}.woff2`), subset);
  sheet.push(face(family, weight ?? '400 700', `./${name}.woff2`, ranges));
  console.log(`${name}.woff2  ${subset.length} bytes`);
}
for (const { script, ranges } of RARE) {
  const file = `@fontsource-variable/golos-text/files/golos-text-${script}-wght-normal.woff2`;
  sheet.push(face('Golos Text Variable', '400 700', file, ranges));
}
writeFileSync(join(root, 'client/fonts/fonts.css'), sheet.join('\n'));
