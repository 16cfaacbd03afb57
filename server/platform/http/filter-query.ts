import { AppError } from '@svodka/shared/contracts/errors';
import type { Reason } from '@svodka/shared/contracts/issues';
import { ALL, type Filter } from '@svodka/shared/filter/ast';
import { describeParseError } from '@svodka/shared/filter/describe-error';
import type { Subject } from '@svodka/shared/filter/fields';
import { FilterParseError, parseText } from '@svodka/shared/filter/text';

/**
 * The filter of a query string; none: everything.
 * @throws AppError `validation` with the place in the text, the reason and what could stand there
 */
export function filterFrom(text: string | undefined, subject: Subject = 'events'): Filter {
  if (text === undefined || text.trim() === '') return ALL;
  try {
    return parseText(text, subject);
  } catch (error) {
    if (!(error instanceof FilterParseError)) throw error;
    throw unreadable(error, text, subject);
  }
}

function unreadable(error: FilterParseError, text: string, subject: Subject): AppError {
  const { position, length, reason, expected } = error;
  const detail: Reason = {
    field: 'filter',
    reason: reason === 'field-not-filterable' ? reason : 'parse',
    position,
    length,
    expected: [...expected],
    say: (locale) => describeParseError(error, text, locale, subject),
  };
  return new AppError('validation', error.message, [detail]);
}
