import { Decimal128, Double, Int32, Long } from 'bson';
import { MongoError } from '../errors.ts';
import { asExact, exactOf, toDouble } from './compare.ts';
import {
  addExact,
  decimalOfDouble,
  decimalOfExact,
  divideExact,
  type Exact,
  exactOfDecimal,
  multiplyExact,
  remainderExact,
} from './decimal.ts';
import { T, typeOf } from './types.ts';

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** What to do when two longs give more than a long: a double (expressions) or an error (updates). */
export type Overflow = 'double' | 'error';

type Operation = '+' | '-' | '*';

/** Widest of two number types: int, long, double, decimal. */
function widest(a: number, b: number): number {
  for (const type of [T.decimal, T.double, T.long]) if (a === type || b === type) return type;
  return T.int;
}

/** Exact bigint of an int or long. */
const toBigInt = (value: unknown): bigint => {
  const exact = exactOf(value);
  return typeof exact === 'bigint' ? exact : BigInt(exact as number);
};

/** An int if it fits and both operands were ints, else a long. */
export function integerOf(value: bigint, atLeast: number = T.int): Int32 | Long | undefined {
  if (atLeast === T.int && value >= BigInt(INT_MIN) && value <= BigInt(INT_MAX))
    return new Int32(Number(value));
  return value >= LONG_MIN && value <= LONG_MAX ? Long.fromBigInt(value) : undefined;
}

/** Int32, Long or Double of a safe whole number, the narrowest that `atLeast` allows. */
export const wholeNumber = (value: number): Int32 | Long =>
  value >= INT_MIN && value <= INT_MAX ? new Int32(value) : Long.fromNumber(value);

function calculate(operation: Operation, a: unknown, b: unknown, overflow: Overflow): unknown {
  const type = widest(typeOf(a), typeOf(b));
  if (type === T.decimal) return calculateDecimal(operation, a, b);
  if (type === T.double) {
    const [x, y] = [toDouble(a), toDouble(b)];
    return new Double(operation === '+' ? x + y : operation === '-' ? x - y : x * y);
  }
  if (type === T.int) {
    const [x, y] = [toDouble(a), toDouble(b)];
    const result = operation === '+' ? x + y : operation === '-' ? x - y : x * y;
    // The product of two ints may pass 2^53, where the double is no longer exact.
    if (Number.isSafeInteger(result)) return wholeNumber(result === 0 ? 0 : result);
  }
  const [x, y] = [toBigInt(a), toBigInt(b)];
  const result = operation === '+' ? x + y : operation === '-' ? x - y : x * y;
  const whole = integerOf(result, type);
  if (whole) return whole;
  if (overflow === 'error') throw new MongoError('BadValue', 'integer overflow');
  return new Double(Number(result));
}

function calculateDecimal(operation: Operation, a: unknown, b: unknown): Decimal128 {
  const [x, y] = [decimalExact(a), decimalExact(b)];
  if (typeof x === 'number' || typeof y === 'number') {
    const [p, q] = [approximate(x), approximate(y)];
    return decimalOfDouble(operation === '+' ? p + q : operation === '-' ? p - q : p * q);
  }
  if (operation === '*') return decimalOfExact(multiplyExact(x, y));
  return decimalOfExact(addExact(x, operation === '+' ? y : { ...y, coefficient: -y.coefficient }));
}

/** A finite number as an exact decimal; a double goes through 15 digits, as MongoDB converts it. */
function decimalExact(value: unknown): Exact | number {
  if (typeOf(value) === T.double) return exactOfDecimal(decimalOfDouble(toDouble(value)));
  const exact = exactOf(value);
  return typeof exact === 'number' && !Number.isFinite(exact) ? exact : asExact(exact);
}

/** Enough of a finite decimal for arithmetic with NaN and the infinities: its sign. */
const approximate = (value: Exact | number): number =>
  typeof value === 'number' ? value : value.coefficient < 0n ? -1 : value.coefficient > 0n ? 1 : 0;

/** a + b in MongoDB's result type. */
export const addNumbers = (a: unknown, b: unknown, overflow: Overflow = 'double'): unknown =>
  calculate('+', a, b, overflow);
/** a − b in MongoDB's result type. */
export const subtractNumbers = (a: unknown, b: unknown, overflow: Overflow = 'double'): unknown =>
  calculate('-', a, b, overflow);
/** a × b in MongoDB's result type. */
export const multiplyNumbers = (a: unknown, b: unknown, overflow: Overflow = 'double'): unknown =>
  calculate('*', a, b, overflow);

/** a / b: a decimal if one of them is, else a double. @throws 2 on division by zero. */
export function divideNumbers(a: unknown, b: unknown): unknown {
  if (toDouble(b) === 0) throw new MongoError('BadValue', "can't $divide by zero");
  if (widest(typeOf(a), typeOf(b)) !== T.decimal) return new Double(toDouble(a) / toDouble(b));
  const [x, y] = [decimalExact(a), decimalExact(b)];
  if (typeof x === 'number' || typeof y === 'number') return decimalOfDouble(approximate(x) / approximate(y));
  return decimalOfExact(divideExact(x, y));
}

/** Remainder with the sign of the dividend. @throws 16610 on division by zero. */
export function remainderNumbers(a: unknown, b: unknown): unknown {
  if (toDouble(b) === 0) throw new MongoError(16610, "can't $mod by zero");
  const type = widest(typeOf(a), typeOf(b));
  if (type === T.double) return new Double(toDouble(a) % toDouble(b));
  if (type === T.decimal) {
    const [x, y] = [decimalExact(a), decimalExact(b)];
    if (typeof x === 'number' || typeof y === 'number') return decimalOfDouble(toDouble(a) % toDouble(b));
    return decimalOfExact(remainderExact(x, y));
  }
  return integerOf(toBigInt(a) % toBigInt(b), type);
}

/** A running total whose result has the widest type seen; doubles are added with compensation. */
export class NumberSum {
  private type: number = T.int;
  private small = 0;
  private big = 0n;
  private double = 0;
  private compensation = 0;
  private decimal: unknown;
  /** Numbers added so far. */
  count = 0;

  /** Adds a number; values that are not numbers are ignored. */
  add(value: unknown): void {
    const type = typeOf(value);
    if (type === T.int || type === T.long) {
      const exact = exactOf(value) as number | bigint;
      if (typeof exact === 'number' && Number.isSafeInteger(this.small + exact)) this.small += exact;
      else this.big += BigInt(exact);
    } else if (type === T.double) {
      this.addDouble(toDouble(value));
    } else if (type === T.decimal) {
      this.decimal = this.decimal === undefined ? value : addNumbers(this.decimal, value);
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
    const double = this.double + this.compensation;
    if (this.type === T.decimal) {
      const doubles = double === 0 ? new Int32(0) : new Double(double);
      return addNumbers(addNumbers(this.decimal, doubles), integerOf(whole) ?? new Double(Number(whole)));
    }
    if (this.type === T.double) return new Double(double + Number(whole));
    return integerOf(whole, this.type) ?? new Double(Number(whole));
  }

  /** The mean: a decimal if there was one, else a double; null if nothing was added. */
  average(): unknown {
    if (this.count === 0) return null;
    return divideNumbers(this.result(), new Int32(this.count));
  }
}

/** A whole number out of any number type that holds one; undefined otherwise (also for what is no number). */
export function wholeOf(value: unknown): number | undefined {
  const double = toDouble(value);
  return Number.isInteger(double) ? double : undefined;
}
