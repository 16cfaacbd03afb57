// By what somebody is known, as it may stand in a text that anybody has written.
import type { Contact } from '@svodka/shared/contracts/counterparty';
import { digitsOf, nationalOf } from '@svodka/shared/filter/terms';

/** What stands where something was erased. */
export const ERASED = '[стёрто]';

/** Shorter ones are numbers of many things. */
const SHORTEST_PHONE = 7;
/** A single short word is a word of the language, too: «Весна». */
const SHORTEST_NAME = 12;

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** However its words are set apart; ё as е. */
const inText = (text: string): string =>
  `(?<![\\p{L}\\p{N}])${text
    .trim()
    .split(/\s+/)
    .map((word) => literal(word).replace(/[её]/gi, '[её]'))
    .join('[\\s\\u00a0]+')}(?![\\p{L}\\p{N}])`;
const phoneInText = (digits: string): string =>
  `(?<!\\d)(?:(?:\\+?7|8)[\\s\\u00a0(.-]*|\\+)?\\(?${[...digits].join('[\\s\\u00a0().\\u2010-\\u2015-]{0,3}')}(?!\\d)`;

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

/** Finds somebody in texts, and in bytes. */
export class Identifiers {
  /** National digits. */
  readonly phones: ReadonlySet<string>;
  readonly #pattern: RegExp | null;
  readonly #traces: Buffer[];

  constructor(all: readonly Known[]) {
    const of = (field: keyof Known) => [...new Set(all.flatMap((known) => known[field]))].filter(Boolean);
    this.phones = new Set(
      of('phones')
        .map((phone) => nationalOf(digitsOf(phone)))
        .filter((digits) => digits.length >= SHORTEST_PHONE),
    );
    const phones = [...this.phones];
    const names = [...of('names'), ...of('addresses')].filter(
      (text) => /\s/.test(text.trim()) || text.length >= SHORTEST_NAME,
    );
    const exact = [...of('emails'), ...of('numbers')];
    const sources = [...phones.map(phoneInText), ...[...names, ...exact].map(inText)];
    this.#pattern = sources.length > 0 ? new RegExp(sources.join('|'), 'giu') : null;
    // Words of the search hold a phone from the right as well.
    this.#traces = [...phones, ...phones.map((digits) => [...digits].reverse().join('')), ...exact].map(
      (one) => Buffer.from(one),
    );
  }

  /** The text without them. */
  redact(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, ERASED) : text;
  }

  /** Whether a phone of a call, written in whatever way, is one of theirs. */
  calls(phone: unknown): boolean {
    return typeof phone === 'string' && this.phones.has(nationalOf(digitsOf(phone.split('доб.')[0] ?? '')));
  }

  /** How often phones, mail addresses and numbers of theirs stand in a piece of a file. */
  countIn(bytes: Buffer): number {
    let count = 0;
    for (const trace of this.#traces)
      for (let at = bytes.indexOf(trace); at >= 0; at = bytes.indexOf(trace, at + trace.length)) count++;
    return count;
  }

  /** The longest of what is counted: pieces of a file must overlap by so much less one. */
  get longest(): number {
    return Math.max(1, ...this.#traces.map(({ length }) => length));
  }
}
