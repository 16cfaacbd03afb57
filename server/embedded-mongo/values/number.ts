import { Double, Int32, Long } from 'bson';
import { badValue, MongoError } from '../errors.ts';
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

/** Exact bigint of an int or long. */
const toBigInt = (value: unknown): bigint => BigInt(exactOf(value));

/** An int if it fits and both operands were ints, else a long; undefined if it fits neither. */
function integerOf(value: bigint, type: number): Int32 | Long | undefined {
  if (type === T.int && value >= INT_MIN && value <= INT_MAX) return new Int32(Number(value));
  return value >= LONG_MIN && value <= LONG_MAX ? Long.fromBigInt(value) : undefined;
}

function calculate(
  a: unknown,
  b: unknown,
  overflow: Overflow,
  ofDoubles: (x: number, y: number) => number,
  ofIntegers: (x: bigint, y: bigint) => bigint,
): unknown {
  const type = widest(typeOf(a), typeOf(b));
  if (type === T.double) return new Double(ofDoubles(toDouble(a), toDouble(b)));
  const result = ofIntegers(toBigInt(a), toBigInt(b));
  const whole = integerOf(result, type);
  if (whole) return whole;
  if (overflow === 'error') throw badValue('integer overflow');
  return new Double(Number(result));
}

/** a + b in MongoDB's result type. */
export const addNumbers = (a: unknown, b: unknown, overflow: Overflow = 'double'): unknown =>
  calculate(
    a,
    b,
    overflow,
    (x, y) => x + y,
    (x, y) => x + y,
  );
/** a − b in MongoDB's result type. */
export const subtractNumbers = (a: unknown, b: unknown): unknown =>
  calculate(
    a,
    b,
    'double',
    (x, y) => x - y,
    (x, y) => x - y,
  );
/** a × b in MongoDB's result type. */
export const multiplyNumbers = (a: unknown, b: unknown): unknown =>
  calculate(
    a,
    b,
    'double',
    (x, y) => x * y,
    (x, y) => x * y,
  );

/** a / b, always a double. @throws 2 on division by zero. */
export function divideNumbers(a: unknown, b: unknown): Double {
  if (toDouble(b) === 0) throw badValue("can't $divide by zero");
  return new Double(toDouble(a) / toDouble(b));
}

/** Remainder with the sign of the dividend. @throws 16610 on division by zero. */
export function remainderNumbers(a: unknown, b: unknown): unknown {
  if (toDouble(b) === 0) throw new MongoError(16610, "can't $mod by zero");
  return calculate(
    a,
    b,
    'double',
    (x, y) => x % y,
    (x, y) => x % y,
  );
}

/** A running total whose result has the widest type seen; doubles are added with compensation. */
export class NumberSum {
  private type: number = T.int;
  private small = 0;
  private big = 0n;
  private double = 0;
  private compensation = 0;
  private count = 0;

  /** Adds a number; values that are not numbers are ignored. */
  add(value: unknown): void {
    const type = typeOf(value);
    if (type === T.int || type === T.long) {
      const exact = exactOf(value);
      if (typeof exact === 'number' && Number.isSafeInteger(this.small + exact)) this.small += exact;
      else this.big += BigInt(exact);
    } else if (type === T.double) {
      this.addDouble(toDouble(value));
    } else {
      return;
    }
    this.type = widest(this.type, type);
    this.count++;
  }

  /** Neumaier's sum, so that 0.1 added ten times is 1. */
  private addDouble(value: number): void {
    const sum = this.double + value;
    if (Number.isFinite(sum)) {
      this.compensation +=
        Math.abs(this.double) >= Math.abs(value) ? this.double - sum + value : value - sum + this.double;
    }
    this.double = sum;
  }

  /** The total; Int32(0) if nothing was added. */
  result(): unknown {
    const whole = this.big + BigInt(this.small);
    if (this.type === T.double) return new Double(this.double + this.compensation + Number(whole));
    return integerOf(whole, this.type) ?? new Double(Number(whole));
  }

  /** The mean, a double; null if nothing was added. */
  average(): unknown {
    return this.count === 0 ? null : new Double(toDouble(this.result()) / this.count);
  }
}

/** A whole number out of any number type that holds one; undefined otherwise (also for what is no number). */
export function wholeOf(value: unknown): number | undefined {
  const double = toDouble(value);
  return Number.isInteger(double) ? double : undefined;
}
