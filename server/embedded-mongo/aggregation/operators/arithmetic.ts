import { Double, Int32, Long } from 'bson';
import { MongoError, typeMismatch } from '../../errors.ts';
import { compareValues, millisOf, toDouble } from '../../values/compare.ts';
import {
  addNumbers,
  divideNumbers,
  multiplyNumbers,
  NumberSum,
  remainderNumbers,
  subtractNumbers,
} from '../../values/number.ts';
import { isNumber, T, typeName, typeOf } from '../../values/types.ts';
import {
  binary,
  type Evaluate,
  isNullish,
  type OperatorCompiler,
  type OperatorTable,
  operator,
  unary,
  variadic,
} from './operands.ts';

const isDate = (value: unknown): value is Date => typeOf(value) === T.date;

/** Whole milliseconds of a number that is added to a date. */
const millis = (value: unknown): number => Math.round(toDouble(value));

function add(values: unknown[]): unknown {
  let sum: unknown = new Int32(0);
  let date: Date | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (isDate(value)) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
      date = value;
    } else if (isNumber(value)) {
      sum = addNumbers(sum, value);
    } else {
      throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
    }
  }
  return date ? new Date(millisOf(date) + millis(sum)) : sum;
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNumber(a) && isNumber(b)) return subtractNumbers(a, b);
  if (isDate(a) && isDate(b)) return Long.fromNumber(millisOf(a) - millisOf(b));
  if (isDate(a) && isNumber(b)) return new Date(millisOf(a) - millis(b));
  throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
}

/** An operator of two numbers; null where one of them is. @param code what other types are answered */
const ofNumbers = (
  name: string,
  code: number | 'TypeMismatch',
  apply: (a: unknown, b: unknown) => unknown,
): OperatorCompiler =>
  binary(name, (a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (isNumber(a) && isNumber(b)) return apply(a, b);
    throw new MongoError(code, `${name} only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  });

const halfEven = (value: number): number => {
  const floor = Math.floor(value);
  return value - floor !== 0.5 ? Math.round(value) : floor % 2 === 0 ? floor : floor + 1;
};

/**
 * `$round` and its like, to a decimal place that may be given (negative: tens). A double is taken by its shortest text,
 * so that rounding 2.675 to two places is about the digits that people see.
 */
const rounding = (name: string, max: 1 | 2, whole: (value: number) => number): OperatorCompiler =>
  operator(name, 1, max, (...operands) => {
    const [number, place] = operands as [Evaluate, Evaluate | undefined];
    return (root) => {
      const value = number(root);
      const places = place ? place(root) : 0;
      if (isNullish(value) || isNullish(places)) return null;
      if (!isNumber(value))
        throw new MongoError(51081, `${name} only supports numeric types, not ${typeName(value)}`);
      const digits = isNumber(places) ? toDouble(places) : Number.NaN;
      if (!Number.isInteger(digits))
        throw new MongoError(51082, `precision argument to ${name} must be a integral value`);
      if (digits < -20 || digits > 100)
        throw new MongoError(51083, `cannot apply ${name} with precision value ${digits}`);
      const type = typeOf(value);
      if (type !== T.double && digits >= 0) return value;
      const shifted = Number(`${toDouble(value)}e${digits}`);
      // Text with an exponent of its own is of a number that has no such digits.
      if (!Number.isFinite(shifted)) return value;
      const result = Number(`${whole(shifted)}e${-digits}`);
      if (type === T.double) return new Double(result);
      return type === T.int && Math.abs(result) < 2 ** 31 ? new Int32(result) : Long.fromNumber(result);
    };
  });

/** The one list operand, or all operands: how `$sum`, `$avg`, `$min` and `$max` take values in expressions. */
const overList = (name: string, apply: (values: unknown[]) => unknown): OperatorCompiler =>
  variadic(name, (values) => apply(values.length === 1 && Array.isArray(values[0]) ? values[0] : values));

/** The extreme of the values that are there; null if there is none. */
function extreme(values: unknown[], direction: number): unknown {
  let best: unknown;
  for (const value of values)
    if (!isNullish(value) && (best === undefined || compareValues(value, best) * direction > 0)) best = value;
  return best ?? null;
}

function totalOf(values: unknown[]): NumberSum {
  const sum = new NumberSum();
  for (const value of values) sum.add(value);
  return sum;
}

/** Numbers, and the operators that reduce a list to one value. */
export const arithmetic: OperatorTable = {
  $add: variadic('$add', add),
  $subtract: binary('$subtract', (a, b) => (isNullish(a) || isNullish(b) ? null : subtract(a, b))),
  $multiply: variadic('$multiply', (values) => {
    let product: unknown = new Int32(1);
    for (const value of values) {
      if (isNullish(value)) return null;
      if (!isNumber(value))
        throw typeMismatch(`$multiply only supports numeric types, not ${typeName(value)}`);
      product = multiplyNumbers(product, value);
    }
    return product;
  }),
  $divide: ofNumbers('$divide', 'TypeMismatch', divideNumbers),
  $mod: ofNumbers('$mod', 16611, remainderNumbers),
  $abs: unary('$abs', (value) => {
    if (isNullish(value)) return null;
    if (!isNumber(value))
      throw new MongoError(28765, `$abs only supports numeric types, not ${typeName(value)}`);
    return toDouble(value) >= 0 ? value : multiplyNumbers(value, new Int32(-1));
  }),
  $ceil: rounding('$ceil', 1, Math.ceil),
  $floor: rounding('$floor', 1, Math.floor),
  $round: rounding('$round', 2, halfEven),
  $trunc: rounding('$trunc', 2, Math.trunc),
  $sum: overList('$sum', (values) => totalOf(values).result()),
  $avg: overList('$avg', (values) => totalOf(values).average()),
  $max: overList('$max', (values) => extreme(values, 1)),
  $min: overList('$min', (values) => extreme(values, -1)),
};
