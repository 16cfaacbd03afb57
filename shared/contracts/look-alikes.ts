/** Small Latin letters whose capitals look like Cyrillic ones: «ЗK» is typed with either K. */
const LATIN = 'abcehkmoptxy';
const CYRILLIC = 'авсенкмортху';

/** A small Latin letter as the Cyrillic one that it looks like; what looks like none stays. */
export const likeCyrillic = (letter: string): string => CYRILLIC[LATIN.indexOf(letter)] ?? letter;

/**
 * The same in letters of the usual width and plain digits: «４７９», «٤٧٩» and «۴۷۹» are 479. A raised digit stays: «5¹» is
 * not 51.
 */
export const inPlainSigns = (text: string): string =>
  text.replace(/[\uff01-\uffee\u0660-\u0669\u06f0-\u06f9]/g, (sign) =>
    sign < '\uff00' ? `${sign.charCodeAt(0) & 15}` : sign.normalize('NFKC'),
  );
