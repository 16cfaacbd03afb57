import type { Locale } from '../contracts/common.ts';
import { translate } from '../messages/translate.ts';
import type { FilterParseError } from './parse-error.ts';

const MOST_SUGGESTIONS = 12;

/** What is wrong with a text that is not a filter, for a person. */
export function describeParseError(error: FilterParseError, text: string, locale: Locale): string {
  const shown = error.expected.slice(0, MOST_SUGGESTIONS).join(', ');
  return translate(locale, `filter.error.${error.reason}`, {
    found: text.slice(error.position, error.position + error.length),
    expected: error.expected.length > MOST_SUGGESTIONS ? `${shown}…` : shown,
  });
}
