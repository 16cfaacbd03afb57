import { toDouble } from './compare.ts';
import { isNumber } from './types.ts';

/** MongoDB's truth: false, null, missing and zero are false, all else (also '' and NaN) is true. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return false;
  return !isNumber(value) || toDouble(value) !== 0;
}
