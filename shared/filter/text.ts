import type { Locale } from '../contracts/common.ts';
import { type Filter, isNone, type Leaf } from './ast.ts';
import { fieldOf, type Names, type SetField, type Subject } from './fields.ts';
import { normalize } from './normalize.ts';
import { FilterParseError } from './parse-error.ts';
import { parse } from './parser.ts';
import { wordsOf } from './terms.ts';
import { printSpan } from './time-text.ts';
import { codeWord, existenceWords, fieldWord, operatorNamed, orWord } from './vocabulary.ts';

export { FilterParseError };

/** What matches nothing has no clauses to print. */
const NOTHING = '-*';

/**
 * A filter from its text form, normalised. Fields, codes and operators are understood in English and Russian, so that
 * `importance>=high -module:mail` and `важность>=высокая кроме модуль:почта` are the same filter. Bare words search
 * the text. Ids of projects, counterparties and people stand as they are.
 * @throws FilterParseError with the place, the reason and what could stand there
 */
export const parseText = (text: string, subject: Subject = 'events'): Filter =>
  normalize(parse(text, subject));

/**
 * The text form in canonical English codes, for the address bar; in the words of a language, for the filter field.
 * Law: `parseText(toText(filter, locale))` equals `normalize(filter)`.
 * @param names what stands for ids; what is printed so has to be looked up again
 */
export function toText(filter: Filter, locale: Locale = 'en', names: Names = () => undefined): string {
  const plain = normalize(filter);
  if (isNone(plain)) return NOTHING;
  return new Printer(locale, names).print(plain);
}

const textOf = (filter: Filter): string => ('text' in filter ? filter.text : '');

class Printer {
  constructor(
    readonly locale: Locale,
    readonly names: Names,
  ) {}

  print(filter: Filter): string {
    if ('and' in filter) {
      // Several texts are only ever left apart because they are too long for one; bare, they would run together.
      const bare = filter.and.filter((part) => 'text' in part).length < 2;
      return filter.and
        .map((part) => ('or' in part ? `(${this.print(part)})` : this.#part(part, bare)))
        .join(' ');
    }
    if ('or' in filter) {
      return filter.or
        .map((part) => ('and' in part ? `(${this.print(part)})` : this.print(part)))
        .join(` ${orWord(this.locale)} `);
    }
    return this.#part(filter, true);
  }

  #part(filter: Filter, bare: boolean): string {
    if (!('not' in filter)) return this.#leaf(filter as Leaf, bare);
    const { not } = filter;
    return 'and' in not || 'or' in not
      ? `-(${this.print(not)})`
      : `-${this.#leaf(not as Leaf, bare && !/\s/.test(textOf(not)))}`;
  }

  #leaf(leaf: Leaf, bare: boolean): string {
    if ('text' in leaf) return bare && isBareText(leaf.text) ? leaf.text : quote(leaf.text);
    if ('exists' in leaf) return existenceWords(leaf.field, leaf.exists, this.locale);
    const field = fieldWord(leaf.field, this.locale);
    return field + ('in' in leaf ? this.#values(leaf.field, leaf.in) : printSpan(leaf, this.locale));
  }

  #values(name: SetField, values: string[]): string {
    const { values: codes, ordered, ref } = fieldOf(name);
    const word = (code: string) => printValue(codeWord(name, code, this.locale));
    if (ordered && codes && values.length > 1 && values.length < codes.length) {
      const lowest = codes[codes.length - values.length] as string;
      if (values[0] === lowest) return `>=${word(lowest)}`;
    }
    if (!codes) {
      const called = values.map((id) => (ref && this.names(ref, id)) ?? id);
      return `:${called.map(printValue).join(',')}`;
    }
    return `:${(this.locale === 'en' ? grouped(values, codes) : values).map(word).join(',')}`;
  }
}

/** Codes that share a beginning, when all of them are there, as `payment.*`. */
function grouped(values: string[], codes: readonly string[]): string[] {
  const groupOf = (code: string): string => code.slice(0, code.indexOf('.') + 1);
  const whole = (group: string): boolean => {
    const members = codes.filter((code) => groupOf(code) === group);
    return group !== '' && members.length > 1 && members.every((code) => values.includes(code));
  };
  return [...new Set(values.map((code) => (whole(groupOf(code)) ? `${groupOf(code)}*` : code)))];
}

const printValue = (value: string): string => (/^[^\s()"«»“”„,]+$/.test(value) ? value : quote(value));

/** Whether the parser, which takes word by word and each once, would put the same text together again. */
const isBareText = (text: string): boolean => {
  const words = text.split(' ');
  return new Set(words).size === words.length && words.every(isBareWord);
};

const isBareWord = (word: string): boolean =>
  /^[^\s()"«»“”„:<>=!-][^\s()"«»“”„:<>=!]*$/.test(word) && wordsOf(word).length > 0 && !operatorNamed(word);

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
