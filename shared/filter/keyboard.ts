/** The same keys of the two layouts, in the order in which they lie on the keyboard; lower case, and ё as е. */
const LATIN = 'qwertyuiop[]asdfghjkl;\'zxcvbnm,.`{}:"<>~';
const CYRILLIC = 'йцукенгшщзхъфывапролджэячсмитьбюехъжэбюе';

const toCyrillic = new Map([...LATIN].map((key, i) => [key, CYRILLIC[i] as string]));
// Of the keys that give one letter the first one: a letter typed without Shift.
const toLatin = new Map(
  [...CYRILLIC].map((letter, i) => [letter, LATIN[i] as string]).reverse() as [string, string][],
);

/**
 * What the same keys give in the other layout: `nb[jyjd` is «тихонов». Null where the text has letters of both
 * alphabets, or of none.
 * @param text lower case, ё as е
 */
export function inOtherLayout(text: string): string | null {
  const latin = /[a-z]/.test(text);
  const cyrillic = /[а-я]/.test(text);
  if (latin === cyrillic) return null;
  const map = latin ? toCyrillic : toLatin;
  return [...text].map((char) => map.get(char) ?? char).join('');
}
