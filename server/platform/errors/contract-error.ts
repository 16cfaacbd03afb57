import { AppError } from '@svodka/shared/contracts/errors';
import { reasonsFrom } from '@svodka/shared/contracts/issues';
import type { z } from 'zod';

/** The `validation` error for what a schema refused. */
export function contractError(issues: readonly unknown[]): AppError {
  return new AppError('validation', 'refused by its contract', reasonsFrom(issues));
}

/**
 * Parses by a schema.
 * @throws AppError `validation`, each detail naming field and reason
 */
export function parseBy<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw contractError(parsed.error.issues);
  return parsed.data;
}

/** A `validation` error about one field. */
export function refused(field: string, reason: string, message = `${field}: ${reason}`): AppError {
  return new AppError('validation', message, [{ field, reason }]);
}
