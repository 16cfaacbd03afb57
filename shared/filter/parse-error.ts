/** Why a text is not a filter; wording: `filter.error.*` of the catalogue. */
export type ParseReason =
  | 'unknown-field'
  | 'field-not-filterable'
  | 'unknown-value'
  | 'unknown-time'
  | 'year'
  | 'not-comparable'
  | 'expected-value'
  | 'expected-clause'
  | 'unclosed-quote'
  | 'unclosed-parenthesis'
  | 'unexpected'
  | 'too-deep'
  | 'too-many-clauses'
  | 'too-long';

/** A text that is not a filter: `text.slice(position, position + length)` is what is wrong, in UTF-16 units. */
export class FilterParseError extends Error {
  override readonly name = 'FilterParseError';
  constructor(
    readonly position: number,
    readonly length: number,
    readonly reason: ParseReason,
    /** What could stand there, as it would be written; empty when that is anything. */
    readonly expected: readonly string[] = [],
  ) {
    super(`${reason} at ${position}`);
  }
}
