import { Double, Int32, Long } from 'bson';
import { badValue } from '../errors.ts';
import { exactOf, toDouble } from './compare.ts';
import { T, typeOf } from './types.ts';

const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** What to do when two longs give more than a long: a double (expressions) or an error (updates). */
export type Overflow = 'double' | 'error';

/** Widest of two number types: int, long, double. */
function widest(a: number, b: number): number {
  for (const type of [T.double, T.long]) if (a === type || b === type) return type;
  return T.int;
}

/** a + b in MongoDB's result type. */
export function addNumbers(a: unknown, b: unknown, overflow: Overflow = 'double'): unknown {
  const type = widest(typeOf(a), typeOf(b));
  if (type === T.double) return new Double(toDouble(a) + toDouble(b));
  const sum = BigInt(exactOf(a)) + BigInt(exactOf(b));
  if (type === T.int && sum >= INT_MIN && sum <= INT_MAX) return new Int32(Number(sum));
  if (sum >= LONG_MIN && sum <= LONG_MAX) return Long.fromBigInt(sum);
  if (overflow === 'error') throw badValue('integer overflow');
  return new Double(Number(sum));
}

/** A whole number out of any number type that holds one; undefined otherwise (also for what is no number). */
export function wholeOf(value: unknown): number | undefined {
  const double = toDouble(value);
  return Number.isInteger(double) ? double : undefined;
}
