// By what somebody is known, as it may stand in a text that anybody has written.
import type { Contact } from '@svodka/shared/contracts/counterparty';
import { newId } from '@svodka/shared/contracts/id';
import { digitsOf, fold, nationalOf } from '@svodka/shared/filter/terms';
import { isForm } from '../counterparties/company-forms.ts';

/** What stands where something was erased. */
export const ERASED = '[стёрто]';

/** Shorter ones are numbers of many things. */
const SHORTEST_PHONE = 7;

const literal = (text: string): string =>
  text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/[её]/gi, '[её]');
const alone = (source: string): string => `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}/])`;
/** Words however they are set apart, quotes and dots among them. */
const BETWEEN = '[\\s\\u00a0«»"„“”\'.,-]{1,4}';
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];
const inRow = (words: readonly string[]): string => words.map(literal).join(BETWEEN);
const phoneInText = (digits: string): string =>
  `(?<!\\d)(?:(?:\\+?7|8)[\\s\\u00a0(./-]{0,3}|\\+)?\\(?${[...digits].join('[\\s\\u00a0()./\\u2010-\\u2015-]{0,3}')}(?!\\d)`;
const emailInText = (email: string): string =>
  `(?<![\\p{L}\\p{N}._+-])${literal(email)}(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`;

export type Known = {
  names: readonly string[];
  phones: readonly string[];
  emails: readonly string[];
  /** Of the tax office and of registers. */
  numbers: readonly string[];
  addresses: readonly string[];
};

/** What a card tells of who stands behind it. */
export function knownBy(
  card: {
    name: string;
    phones: readonly string[];
    emails: readonly string[];
    inn: string | null;
    ogrn?: string | null | undefined;
    contacts?: readonly Contact[] | undefined;
  },
  addresses: readonly string[],
): Known {
  const { contacts = [] } = card;
  return {
    names: [card.name, ...contacts.map(({ name }) => name)],
    phones: [...card.phones, ...contacts.flatMap(({ phones }) => phones)],
    emails: [...card.emails, ...contacts.flatMap(({ emails }) => emails)],
    numbers: [card.inn, card.ogrn].flatMap((number) => number ?? []),
    addresses,
  };
}

/** «Иванов Пётр Сергеевич» is «Пётр Иванов» and «Иванов П. С.», too. Of one word there is none: it is a word of the language. */
function spellingsOf(name: string): string[][] {
  const words = wordsOf(name).filter((word) => !isForm(fold(word)));
  const [surname, given, patronymic] = words;
  if (!surname || !given) return [];
  const some = [words];
  if (words.length <= 3 && words.every((word) => /^\p{L}+$/u.test(word))) {
    const initials = [given, ...(patronymic ? [patronymic] : [])].map((word) => word.charAt(0));
    some.push([surname, given], [given, surname], [surname, ...initials], [...initials, surname]);
    if (patronymic) some.push([given, patronymic, surname]);
  }
  return some;
}

/** One spelling: what a text must hold for it to be worth looking, and how it is looked for. */
type Phrase = { needle: string; isDigits: boolean; source: string; pattern?: RegExp };

/** Finds somebody in texts, and in bytes. */
export class Identifiers {
  /** National digits. */
  readonly phones: ReadonlySet<string>;
  readonly #phrases: Phrase[];
  readonly #traces: Buffer[];

  /** @param others texts of others' cards and orders: a name or an address that one of them has is not theirs alone */
  constructor(all: readonly Known[], others: readonly string[] = []) {
    const of = (field: keyof Known) => [...new Set(all.flatMap((known) => known[field]))].filter(Boolean);
    this.phones = new Set(
      of('phones')
        .map((phone) => nationalOf(digitsOf(phone)))
        .filter((digits) => digits.length >= SHORTEST_PHONE),
    );
    const phones = [...this.phones];
    const names = of('names')
      .flatMap(spellingsOf)
      .map(
        (words): Phrase => ({ needle: fold(longest(words)), isDigits: false, source: alone(inRow(words)) }),
      );
    const addresses = of('addresses')
      .map(wordsOf)
      .filter((words) => words.length > 1 && words.some((word) => /\d/.test(word)))
      .map(
        (words): Phrase => ({ needle: fold(longest(words)), isDigits: false, source: alone(inRow(words)) }),
      );
    this.#phrases = [
      ...phones.map((digits) => ({ needle: digits, isDigits: true, source: phoneInText(digits) })),
      ...of('emails').map((email) => ({ needle: fold(email), isDigits: false, source: emailInText(email) })),
      ...of('numbers').map((number) => ({
        needle: number,
        isDigits: true,
        source: `(?<!\\d)${number}(?!\\d)`,
      })),
      ...[...names, ...addresses].filter((phrase) => !others.some((text) => isIn(phrase, text))),
    ];
    // Words of the search hold a phone from the right as well.
    this.#traces = [
      ...phones,
      ...phones.map((digits) => [...digits].reverse().join('')),
      ...of('emails'),
      ...of('numbers'),
    ].map((one) => Buffer.from(one));
  }

  /** Nothing is known of them any more: they were erased before. */
  get isEmpty(): boolean {
    return this.#traces.length === 0;
  }

  /** The text without them. */
  redact(text: string): string {
    if (text.length < 3) return text;
    const folded = fold(text);
    const digits = /\d/.test(text) ? digitsOf(text) : '';
    let left = text;
    for (const phrase of this.#phrases)
      if ((phrase.isDigits ? digits : folded).includes(phrase.needle))
        left = left.replace(patternOf(phrase), ERASED);
    return left;
  }

  /** The key of a source that names them as another one, unique as it was: by it nobody brings its event again. Null: it names nobody. */
  otherKey(source: { externalId?: string } | null | undefined): string | null {
    const key = source?.externalId;
    return typeof key === 'string' && this.redact(key) !== key ? `erased:${newId()}` : null;
  }

  /** Whether a phone of a call, written in whatever way, is one of theirs. */
  calls(phone: unknown): boolean {
    return typeof phone === 'string' && this.phones.has(nationalOf(digitsOf(phone.split('доб.')[0] ?? '')));
  }

  /** How often phones, mail addresses and numbers of theirs stand in a piece of a file, not inside longer numbers. */
  countIn(bytes: Buffer): number {
    let count = 0;
    for (const trace of this.#traces)
      for (let at = bytes.indexOf(trace); at >= 0; at = bytes.indexOf(trace, at + trace.length))
        if (!isDigit(trace[0]) || !(isLongerNumber(bytes, at) || isDigit(bytes[at + trace.length]))) count++;
    return count;
  }

  /** The longest of what is counted: pieces of a file must overlap by so much. */
  get longest(): number {
    return Math.max(1, ...this.#traces.map(({ length }) => length));
  }
}

const longest = (words: readonly string[]): string =>
  words.reduce((best, word) => (word.length > best.length ? word : best), '');
function patternOf(phrase: Phrase): RegExp {
  phrase.pattern ??= new RegExp(phrase.source, 'giu');
  return phrase.pattern;
}
const isIn = (phrase: Phrase, text: string): boolean =>
  fold(text).includes(phrase.needle) && text.search(patternOf(phrase)) >= 0;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
/** Digits before it that are no country: «7» and «8» stand before a phone. */
const isLongerNumber = (bytes: Buffer, at: number): boolean =>
  isDigit(bytes[at - 1]) && (isDigit(bytes[at - 2]) || ![0x37, 0x38].includes(bytes[at - 1] ?? 0));
