import type { Locale } from '../contracts/common.ts';
import { translate } from '../messages/translate.ts';
import { FIELDS, isFieldName, type Subject } from './fields.ts';
import type { FilterParseError } from './parse-error.ts';
import { existenceWords, fieldWord, valueWord } from './vocabulary.ts';

const MOST_SUGGESTIONS = 12;

/**
 * What is wrong with a text that is not a filter, for a person; suggestions are in words that the parser accepts.
 * @param isOffered of a code that would fit: whether it is to be suggested
 */
export function describeParseError(
  error: FilterParseError,
  text: string,
  locale: Locale,
  subject: Subject = 'events',
  isOffered: (code: string) => boolean = () => true,
): string {
  return translate(locale, `filter.error.${error.reason}`, {
    found: text.slice(error.position, error.position + error.length),
    expected: suggestions(
      { reason: error.reason, expected: error.expected.filter(isOffered) },
      locale,
      subject,
    ),
  });
}

function suggestions(
  { reason, expected }: Pick<FilterParseError, 'reason' | 'expected'>,
  locale: Locale,
  subject: Subject,
): string {
  if (reason === 'unknown-time') return `${translate(locale, 'filter.error.examples.time')}.`;
  const words = expected.flatMap((code) => {
    // A field stands among values where it has none: it is only asked for or not.
    if (reason === 'unknown-value')
      return isFieldName(code) && FIELDS[code].kind === 'flag'
        ? [existenceWords(code, true, locale), existenceWords(code, false, locale)]
        : valueWord(code, locale, subject);
    return isFieldName(code) ? fieldWord(code, locale) : code;
  });
  const shown = words.slice(0, MOST_SUGGESTIONS).join(', ');
  return words.length > MOST_SUGGESTIONS ? `${shown}…` : `${shown}.`;
}
