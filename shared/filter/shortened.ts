/** Endings of cases, the longest first: what is left is the beginning of the word in any of them. */
const ENDING =
  /(?:ого|его|ому|ему|ыми|ими|ами|ями|ой|ей|ый|ий|ая|яя|ое|ее|ую|юю|ым|им|ом|ем|ых|их|ах|ях|ам|ям|ою|ею|а|я|у|ю|е|ы|и|о|ь)$/u;
const SHORTEST_WORD = 5;
/** Less of a word would be the beginning of too many. */
const SHORTEST_LEFT = 4;

/** The words without the endings of their cases: «Вишняковой» → «вишняков». Null: none of them has one. */
export function shortened(text: string): string | null {
  const words = text.trim().split(/\s+/);
  const short = words.map((word) => {
    if (word.length < SHORTEST_WORD || !/^[а-яё]+$/iu.test(word)) return word;
    const left = word.toLowerCase().replace(ENDING, '');
    return left.length >= SHORTEST_LEFT && left.length < word.length ? left : word;
  });
  const found = short.join(' ');
  return found === words.join(' ') ? null : found;
}
