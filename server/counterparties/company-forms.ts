// What says of a name that it is a firm's, in whatever way people write it: as letters, in full, with dots, in the other alphabet.
import { fold } from '@svodka/shared/filter/terms';

const ORGS = new Set(
  'ооо оао зао ао пао нао тсж тсн жск снт гк гск ук гуп муп фгуп гбу llc ltd jsc pjsc'.split(' '),
);
/** An entrepreneur is a person under a form of a firm. */
const SOLE = 'ип';

/** In full; the longer ones stand before those that they contain. */
const IN_FULL: readonly [RegExp, string][] = [
  [/обществ(?:о|а|у|ом|е) с ограниченной ответственностью/g, 'ооо'],
  [/закрыто(?:е|го|му|м) акционерно(?:е|го|му|м) обществ(?:о|а|у|ом|е)/g, 'зао'],
  [/открыто(?:е|го|му|м) акционерно(?:е|го|му|м) обществ(?:о|а|у|ом|е)/g, 'оао'],
  [/непублично(?:е|го|му|м) акционерно(?:е|го|му|м) обществ(?:о|а|у|ом|е)/g, 'нао'],
  [/публично(?:е|го|му|м) акционерно(?:е|го|му|м) обществ(?:о|а|у|ом|е)/g, 'пао'],
  [/акционерно(?:е|го|му|м) обществ(?:о|а|у|ом|е)/g, 'ао'],
  [/индивидуальн(?:ый|ого|ому|ым|ом) предпринимател(?:ь|я|ю|ем|е)/g, SOLE],
  [/товариществ(?:о|а|у|ом|е) собственников жилья/g, 'тсж'],
  [/товариществ(?:о|а|у|ом|е) собственников недвижимости/g, 'тсн'],
  [/жилищно-строительн(?:ый|ого|ому|ым|ом) кооператив(?:а|у|ом|е)?/g, 'жск'],
  [/садово(?:е|го|му|м) некоммерческо(?:е|го|му|м) товариществ(?:о|а|у|ом|е)/g, 'снт'],
  [/группа компаний/g, 'гк'],
  [/управляющая компания/g, 'ук'],
];
/** «О.О.О.»: three letters, since two are somebody's initials. */
const DOTTED = /(?<![\p{L}.])(\p{L})\.\s?(\p{L})\.\s?(\p{L})\.?(?![\p{L}.])/gu;
/** Letters of the other alphabet that look like these or stand for them; «000» is typed for them as well. */
const OTHERWISE = new Map([
  ['oao', 'оао'],
  ['zao', 'зао'],
  ['pao', 'пао'],
]);
const ZERO_OR_O = /^[0oо]{3}$/;
const LATIN: Record<string, string> = { a: 'а', o: 'о', c: 'с', t: 'т', k: 'к', y: 'у', h: 'н' };

/** A word as a form is written here, where it is one. */
function asForm(word: string): string {
  if (ZERO_OR_O.test(word)) return 'ооо';
  const other = OTHERWISE.get(word);
  if (other) return other;
  // A word of letters of both alphabets is meant in this one.
  if (!/[a-z]/.test(word) || !/\p{Script=Cyrillic}/u.test(word)) return word;
  const meant = word.replace(/[aocktyh]/g, (letter) => LATIN[letter] ?? letter);
  return ORGS.has(meant) ? meant : word;
}

/** The words of a name as it is compared, the form of a firm as its letters. */
export function nameWords(name: string): string[] {
  const lower = IN_FULL.reduce(
    (text, [form, letters]) => text.replace(form, ` ${letters} `),
    // Whole blanks and hyphens, so that a form in full is met however it was pasted.
    fold(name.replace(/(?<![\p{L}\p{N}])AO(?![\p{L}\p{N}])/gu, 'АО'))
      .replace(/[\p{Pd}\u2212]/gu, '-')
      .replace(/\s+/g, ' '),
  ).replace(DOTTED, (written, ...letters: string[]) => {
    const word = asForm(letters.slice(0, 3).join(''));
    return ORGS.has(word) ? word : written;
  });
  return (lower.match(/[\p{L}\p{N}]+/gu) ?? []).map(asForm);
}

export const isOrgForm = (word: string): boolean => ORGS.has(word);
export const isForm = (word: string): boolean => ORGS.has(word) || word === SOLE;
export const isSole = (words: readonly string[]): boolean => words.includes(SOLE);
