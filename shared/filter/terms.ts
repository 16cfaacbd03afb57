// The words of things, as search compares them. `search.ts` reads what is looked for.
import { likeCyrillic } from '../contracts/look-alikes.ts';

/** A longer word is cut here, on both sides of the comparison. In characters. */
const WORD_LENGTH = 40;
const MOST_TERMS = 300;

/** Lower case, ё as е. */
export const fold = (text: string): string =>
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

/**
 * A word of both alphabets with the Latin letters that look like Cyrillic ones as such: «рoмашка» with a Latin o. Null:
 * it is of one alphabet, or means what it is.
 * @param word folded
 */
export function inCyrillic(word: string): string | null {
  if (!/[а-я]/.test(word) || !/[a-z]/.test(word)) return null;
  const read = word.replace(/[a-z]/g, likeCyrillic);
  return /[a-z]/.test(read) ? null : read;
}

/** A number of ten or eleven digits as people write it, or of seven: «8 (916) 718-30-51», «718 30 51». */
const PHONES =
  /(?<!\d)(?:(?:(?:\+?7|8)[\s\u00a0(-]*)?\(?\d{3}\)?[\s\u00a0-]*\d{3}[\s\u00a0-]*\d{2}[\s\u00a0-]*\d{2}|\d{3}[\s\u00a0-]\d{2}[\s\u00a0-]\d{2})(?!\d)/g;

/** One that is still being typed: what begins with +7, or with 8 and a code of mobile phones or one in parentheses. */
const BEGUN = /(?<!\d)(?:\+7|8(?=[\s-]*\(|[\s-]+9\d\d))[\s\u00a0()-]*\d(?:[\d\s\u00a0()-]*\d)?/g;

/** The phones that stand in a text, as digits without the country. */
export const phonesIn = (text: string): string[] => [
  ...new Set((text.match(PHONES) ?? []).map((phone) => nationalOf(digitsOf(phone)))),
];

/** A text without what is a phone or an amount in it: the numbers that are left may be names of things. */
export const withoutPhonesAndSums = (text: string): string =>
  text.replace(PHONES, ' ').replace(THOUSANDS, ' ');

export const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** The same text with its phones written as digits only, so that a phone is one word. */
export function gluePhones(text: string): string {
  const glued = text.replace(PHONES, digitsOf).replace(BEGUN, digitsOf);
  return glued === text ? text : gluePhones(glued);
}

/** A phone without what says the country: 8 and +7 mean the same, and many leave them away. */
export const nationalOf = (digits: string): string => digits.replace(/^[78](?=\d{10}$)/, '');

/** Before the digits of a phone that are written from the right. */
export const BACKWARDS = '~';

/** The beginning of the term under which a phone is found by its last digits; it is found by those in the middle, too. */
export const backwards = (digits: string): string => BACKWARDS + [...digits].reverse().join('');

/** The terms of a phone: its digits from the left and from the right, without the country. */
export function phoneTerms(phone: string): string[] {
  const digits = nationalOf(digitsOf(phone));
  return digits.length < 3 ? [] : [digits, backwards(digits)];
}

const OF_CARD = '#';

/** Whether a term is a phone from the right, by which it is found from inside. */
export const isBackwards = (term: string): boolean => /^#?~\d+$/.test(term);

/** A term that only those may find by who see the card it stands on. */
export const ofCard = (term: string): string => OF_CARD + term;

/** The terms of an amount: as one number, and as it is written with its thousands apart. */
export function moneyTerms(kopecks: number): string[] {
  const whole = Math.abs(kopecks);
  const roubles = String(Math.floor(whole / 100));
  const apart = roubles.replace(/\B(?=(?:\d{3}){1,6}$)/g, ' ').split(' ');
  const rest = whole % 100;
  return [...new Set([roubles, ...apart, ...(rest > 0 ? [String(rest).padStart(2, '0')] : [])])];
}

const THOUSANDS = /(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)/g;

/** The terms of one text: its words, and the phones and amounts in it as they may be looked for. */
export function termsOfText(text: string): string[] {
  const words = wordsOf(text).flatMap((word) => [word, inCyrillic(word) ?? []].flat());
  // Most texts hold neither; looking for them costs more than the words.
  if (!/\d{3}/.test(text)) return words;
  return [
    ...words,
    ...(text.match(PHONES) ?? []).flatMap(phoneTerms),
    ...(text.match(THOUSANDS) ?? []).map(digitsOf),
  ];
}

/** What is kept under `terms`, each once and not without end: first come, first kept. Give no hidden field. */
export const kept = (terms: Iterable<string>): string[] => [...new Set(terms)].slice(0, MOST_TERMS);

/** The terms of several texts. */
export const termsOf = (...texts: (string | null | undefined)[]): string[] =>
  kept(texts.flatMap((text) => (text ? termsOfText(text) : [])));
