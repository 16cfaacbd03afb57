/** Small Latin letters whose capitals look like Cyrillic ones: «ЗK» is typed with either K. */
const LATIN = 'abcehkmoptxy';
const CYRILLIC = 'авсенкмортху';

/** A small Latin letter as the Cyrillic one that it looks like; what looks like none stays. */
export const likeCyrillic = (letter: string): string => CYRILLIC[LATIN.indexOf(letter)] ?? letter;

/** Forms of one width, as keyboards of other scripts type letters, digits and signs. */
const WIDE = /[\uff01-\uffee]/g;

/** The value of a digit of any script: they stand in tens, each from its zero on. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}

/**
 * The same in letters of the usual width and plain digits: «４７９» and «٤٧٩» are 479. A raised digit stays: «5¹» is not 51.
 */
export const inPlainSigns = (text: string): string =>
  text.replace(WIDE, (sign) => sign.normalize('NFKC')).replace(/(?![0-9])\p{Nd}/gu, digitOf);

/** Whether all letters are of one alphabet, as far as any of them is Latin or Cyrillic: «аnna» is nobody's name. */
export const isOfOneAlphabet = (text: string): boolean =>
  /^(?:[\p{sc=Latin}\P{L}]*|[\p{sc=Cyrillic}\P{L}]*|[^\p{sc=Latin}\p{sc=Cyrillic}]*)$/u.test(text);
