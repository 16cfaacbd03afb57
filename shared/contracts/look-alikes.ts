/** Small Latin letters whose capitals look like Cyrillic ones: «ЗK» is typed with either K. */
const LATIN = 'abcehkmoptxy';
const CYRILLIC = 'авсенкмортху';

/** A small Latin letter as the Cyrillic one that it looks like; what looks like none stays. */
export const likeCyrillic = (letter: string): string => CYRILLIC[LATIN.indexOf(letter)] ?? letter;
