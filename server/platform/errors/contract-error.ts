import { AppError } from '@svodka/shared/contracts/errors';
import { reasonsFrom } from '@svodka/shared/contracts/issues';

/** The `validation` error for what a schema refused. */
export function contractError(issues: readonly unknown[]): AppError {
  return new AppError('validation', 'refused by its contract', reasonsFrom(issues));
}

/** A `validation` error about one field. */
export function refused(field: string, reason: string, message = `${field}: ${reason}`): AppError {
  return new AppError('validation', message, [{ field, reason }]);
}
