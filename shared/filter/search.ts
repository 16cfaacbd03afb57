// What is looked for, and when terms answer it. This is the one meaning of «search»: predicate, query and the choice
// of an index are all made of it.
import { inOtherLayout } from './keyboard.ts';
import { BACKWARDS, backwards, fold, gluePhones, inCyrillic, nationalOf, ofCard, wordsOf } from './terms.ts';

/** A piece of a word, and the shortest that is looked for inside of words. */
export const SHORTEST_INSIDE = 3;
/** Of numbers people know the last four digits. */
const SHORTEST_PHONE = 4;
/** Fewer digits stand in the middle of too many phones. */
export const SHORTEST_IN_PHONE = 5;
const LONGEST_PHONE = 15;
const MOST_CHUNKS = 16;

/**
 * One word that is looked for. A term answers it that begins with one of `starts`, or that begins with one of `of` and
 * has `inside` in it: any term has letters inside, digits only a phone, which is read backwards.
 */
export type Token = { starts: string[]; inside: string | null; of: string[] };
/** Words that must all be answered. */
type Reading = Token[];
/** What stands between two spaces, in each of the ways it can be read: «718-30-51» is three words or one number. */
export type Chunk = Reading[];

/**
 * The pieces of a search that must all be found, as they are written in the one canonical way. A phone is one piece
 * however it is written. None: the search asks for nothing.
 */
export function chunksOf(text: string): string[] {
  const plain = text.replace(OF_PHONE, '').replace(CURRENCY, '$1');
  const pieces = fold(gluePhones(joinGroups(gluePhones(plain)))).split(/\s+/);
  return [...new Set(pieces)].filter((piece) => wordsOf(piece).length > 0).slice(0, MOST_CHUNKS);
}

/** What stands before a phone that was copied from a page, and behind an amount: neither is a word of anything. */
const OF_PHONE = /(?<![\p{L}\p{N}])(?:tel|callto|тел)[.:]\s*(?=[+(\d])/giu;
const CURRENCY = /(\d)[\s\u00a0\u202f]*(?:руб(?:\.|л[а-я]+)?|р\.?|₽)(?![\p{L}\p{N}])/giu;

/** Groups of digits as phones are said: «(916) 718-30», «243 87», «718 30 51». */
const GROUPS =
  /(?<![\p{L}\p{N}]|\d[\s\u00a0-])(?:\(\d{3,5}\)|\d{2,4})(?:[\s\u00a0-]+\d{1,3}){1,4}(?![\p{L}\p{N}]|[\s\u00a0-]+\d)/gu;
const WHOLE_PHONE = 10;

/** It may as well be several numbers: as one piece with signs in it, it is read both ways. */
const joinGroups = (text: string): string =>
  text.replace(GROUPS, (all) => {
    const groups = all.match(/\d+/g) ?? [];
    const { length } = groups.join('');
    return length < SHORTEST_IN_PHONE || length > WHOLE_PHONE ? all : groups.join('-');
  });

/** `openly`: without what stands on cards of customers that the reader may not see. */
export type SearchOptions = { openly?: true | undefined };

/**
 * The ways to read one piece: as it stands, a number with signs in it also as one, in the other layout, and with its
 * Latin letters as the Cyrillic ones that they look like.
 */
export function readingsOf(chunk: string, { openly }: SearchOptions = {}): Chunk {
  const other = inOtherLayout(chunk);
  const cyrillic = inCyrillic(chunk);
  const found = [chunk, other, cyrillic].flatMap((each) => (each === null ? [] : readings(each)));
  if (openly) return found;
  return found.map((reading) =>
    reading.map((token) => ({
      ...token,
      starts: withCards(token.starts),
      of: token.of.flatMap((mark) => (mark === BACKWARDS ? [mark, ofCard(mark)] : mark)),
    })),
  );
}

const withCards = (starts: string[]): string[] => [
  ...starts,
  ...starts.filter((start) => /^~?\d{3,}$/.test(start)).map(ofCard),
];

function readings(chunk: string): Chunk {
  const words = wordsOf(chunk);
  if (words.length === 0) return [];
  const found: Chunk = [words.map(tokenOf)];
  const digits = chunk.replace(/\D/g, '');
  if (words.length > 1 && digits.length <= LONGEST_PHONE && words.every(isNumber))
    found.push([numberToken(digits)]);
  return found;
}

const isNumber = (word: string): boolean => /^\d+$/.test(word);

function tokenOf(word: string): Token {
  if (isNumber(word)) return numberToken(word);
  const isLong = [...word].length >= SHORTEST_INSIDE && /\p{L}/u.test(word);
  return { starts: [word], inside: isLong ? word : null, of: [''] };
}

/** A number is the beginning of one; without its leading zeros; of a phone the beginning, the end, or a longer piece. */
function numberToken(digits: string): Token {
  const starts = [digits];
  if (digits.length < 4) starts.push(digits.padStart(4, '0'));
  if (digits.length >= SHORTEST_PHONE && digits.length <= LONGEST_PHONE)
    starts.push(backwards(nationalOf(digits)));
  if (/^[78](?:9\d\d|\d{4})\d{0,7}$/.test(digits)) starts.push(digits.slice(1));
  const isPiece = digits.length >= SHORTEST_IN_PHONE && digits.length <= LONGEST_PHONE;
  return { starts, inside: isPiece ? [...digits].reverse().join('') : null, of: [BACKWARDS] };
}

/** Whether one term answers a word. */
export const answers = (term: string, { starts, inside, of }: Token): boolean =>
  starts.some((start) => term.startsWith(start)) ||
  (inside !== null && term.includes(inside) && mayHold(term, of));

/** Whether a term is one of those within which this is looked for. */
export const mayHold = (term: string, of: readonly string[]): boolean =>
  of.some((mark) => term.startsWith(mark));

/** Whether the terms of a thing answer a search. Compile once, ask often. */
export function finder(
  text: string,
  options?: SearchOptions,
): (terms: readonly string[] | undefined) => boolean {
  const chunks = chunksOf(text).map((chunk) => readingsOf(chunk, options));
  return (terms = []) =>
    chunks.every((chunk) =>
      chunk.some((reading) => reading.every((token) => terms.some((term) => answers(term, token)))),
    );
}

type Query = Record<string, unknown>;

/** The same as a query over `terms`; null: the search asks for nothing. */
export function finderQuery(text: string, options?: SearchOptions): Query | null {
  const chunks = chunksOf(text).map((chunk) => {
    const found = readingsOf(chunk, options).map((reading) =>
      joined(
        '$and',
        reading.map((token) => ({ terms: { $regex: patternOf(token) } })),
      ),
    );
    return joined('$or', found);
  });
  return chunks.length === 0 ? null : joined('$and', chunks);
}

const joined = (operator: '$and' | '$or', parts: Query[]): Query =>
  parts.length === 1 ? (parts[0] as Query) : { [operator]: parts };

/** Words are letters, digits and a mark that means nothing in an expression. */
function patternOf({ starts, inside, of }: Token): string {
  // A word with letters in it is inside of whatever begins with it, too.
  if (inside !== null && of.includes('')) return inside;
  if (inside !== null) return `^(?:${[...starts, ...of.map((mark) => `${mark}\\d*${inside}`)].join('|')})`;
  return starts.length === 1 ? `^${starts[0]}` : `^(?:${starts.join('|')})`;
}
