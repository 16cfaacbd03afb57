import type { Subject } from './fields.ts';
import { FilterParseError, type ParseReason } from './parse-error.ts';

/** Opening quotes and what closes them. */
const QUOTES: Record<string, string> = { '"': '"', '«': '»', '“': '”', '„': '“”' };
const WORD = /[^\s()"«»“”„:<>=]+/y;
const VALUE = /[^\s()"«»“”„,]+/y;
const LONGEST_PHRASE = 6;

/** A piece of the text and where it stands. */
export type Piece = { text: string; start: number; end: number };

/** Reads the text form piece by piece; knows quotes and spaces, not what the pieces mean. */
export class Scanner {
  position = 0;

  /** @param subject whose fields the words name */
  constructor(
    readonly text: string,
    readonly subject: Subject,
  ) {}

  get done(): boolean {
    return this.position >= this.text.length;
  }

  get next(): string {
    return this.text[this.position] ?? '';
  }

  skipSpace(): void {
    while (/\s/.test(this.next)) this.position++;
  }

  /** Takes `wanted` if it comes next. */
  take(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.position)) return false;
    this.position += wanted.length;
    return true;
  }

  /** A run of characters that are neither space, quote, bracket nor operator; null when there is none. */
  word(): Piece | null {
    return this.run(WORD);
  }

  /** The word that comes next, without taking it. */
  peekWord(): string {
    const before = this.position;
    const word = this.word();
    this.position = before;
    return word?.text ?? '';
  }

  /** The rest up to a space, quote or bracket: a word that has an operator's sign inside, such as `10:42`. */
  restOfWord(): void {
    this.run(/[^\s()"«»“”„]+/y);
  }

  get atQuote(): boolean {
    return this.next in QUOTES && this.next !== '';
  }

  /** What stands in quotes; a backslash takes the next character as it is. */
  quoted(): Piece {
    const start = this.position;
    const closing = QUOTES[this.next] as string;
    let text = '';
    for (this.position++; !this.done; this.position++) {
      if (closing.includes(this.next)) {
        this.position++;
        return { text, start, end: this.position };
      }
      if (this.next === '\\' && this.position + 1 < this.text.length) this.position++;
      text += this.next;
    }
    throw new FilterParseError(start, this.text.length - start, 'unclosed-quote', [closing]);
  }

  /**
   * A value after a field. In quotes it is taken whole; bare, it is the longest run of words that `lookup` knows, so
   * that «срок:до конца недели» needs no quotes.
   * @throws FilterParseError `reason` when `lookup` knows nothing of it
   */
  value<T>(
    lookup: (phrase: string, quoted: boolean) => T | undefined,
    reason: ParseReason,
    expected: readonly string[],
  ): T {
    this.skipSpace();
    const start = this.position;
    const quoted = this.atQuote;
    const pieces = quoted ? [this.quoted()] : this.phrases();
    for (const piece of pieces) {
      const found = lookup(piece.text, quoted);
      if (found === undefined) continue;
      this.position = piece.end;
      return found;
    }
    const shortest = pieces.at(-1);
    if (!shortest || shortest.text === '') throw new FilterParseError(start, 0, 'expected-value', expected);
    throw new FilterParseError(start, shortest.end - start, reason, expected);
  }

  /** The bare words from here on as phrases, the longest first. Takes nothing. */
  private phrases(): Piece[] {
    const start = this.position;
    const phrases: Piece[] = [];
    for (let i = 0; i < LONGEST_PHRASE; i++) {
      const word = this.run(VALUE);
      if (!word || (i > 0 && /^[-!]/.test(word.text))) break; // a sign before the word begins the next clause
      phrases.unshift({ text: this.text.slice(start, word.end), start, end: word.end });
      this.skipSpace();
    }
    this.position = start;
    return phrases;
  }

  private run(pattern: RegExp): Piece | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (!match) return null;
    const start = this.position;
    this.position = pattern.lastIndex;
    return { text: match[0], start, end: this.position };
  }
}
