import { AppError } from '@svodka/shared/contracts/errors';
import type { Reason } from '@svodka/shared/contracts/issues';
import { ALL, type Filter } from '@svodka/shared/filter/ast';
import { describeParseError } from '@svodka/shared/filter/describe-error';
import { FilterParseError, parseText } from '@svodka/shared/filter/text';

/**
 * The filter of a query string; none: everything.
 * @throws AppError `validation` with the place in the text, the reason and what could stand there
 */
export function filterFrom(text: string | undefined): Filter {
  if (text === undefined || text.trim() === '') return ALL;
  try {
    return parseText(text);
  } catch (error) {
    if (!(error instanceof FilterParseError)) throw error;
    throw unreadable(error, text);
  }
}

function unreadable(error: FilterParseError, text: string): AppError {
  const { position, length, reason, expected } = error;
  const detail: Reason = {
    field: 'filter',
    reason: reason === 'field-not-filterable' ? reason : 'parse',
    position,
    length,
    expected: [...expected],
    say: (locale) => describeParseError(error, text, locale),
  };
  return new AppError('validation', error.message, [detail]);
}
