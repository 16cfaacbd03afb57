/** A longer word is cut here, on both sides of the comparison. In characters. */
const WORD_LENGTH = 40;
const TERMS_PER_EVENT = 200;

const fold = (text: string): string =>
  text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('ё', 'е');

/**
 * The words of a text as search compares them: runs of letters and digits, lower case, ё as е, in order of
 * appearance, each once.
 */
export function wordsOf(text: string): string[] {
  const words = fold(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [
    ...new Set(
      words.map((word) => (word.length > WORD_LENGTH ? [...word].slice(0, WORD_LENGTH).join('') : word)),
    ),
  ];
}

/** What the repository keeps in `terms` of an event: the words of its texts, at most 200. Give no hidden field. */
export function termsOf(...texts: (string | null | undefined)[]): string[] {
  return [...new Set(texts.flatMap((text) => (text ? wordsOf(text) : [])))].slice(0, TERMS_PER_EVENT);
}

/** The words that decide a search: sorted, without those that are the beginning of another one. */
export function decidingWords(text: string): string[] {
  const words = wordsOf(text).sort();
  // Sorted, a word stands directly before the words that it begins.
  return words.filter((word, i) => !words[i + 1]?.startsWith(word));
}
