import { Decimal128, Double, Int32, Long } from 'bson';
import { MongoError, typeMismatch } from '../../errors.ts';
import { asExact, compareValues, exactOf, millisOf, toDouble } from '../../values/compare.ts';
import { decimalOfDouble, decimalOfExact, exactOfDecimal } from '../../values/decimal.ts';
import {
  addNumbers,
  divideNumbers,
  integerOf,
  multiplyNumbers,
  NumberSum,
  remainderNumbers,
  subtractNumbers,
} from '../../values/number.ts';
import { isNumber, T, typeName, typeOf } from '../../values/types.ts';
import { type Evaluate, type OperatorCompiler, type OperatorTable } from '../scope.ts';
import { binary, isNullish, operator, unary, variadic } from './operands.ts';

const isDate = (value: unknown): value is Date => typeOf(value) === T.date;

/** Whole milliseconds of a number that is added to a date. */
const millis = (value: unknown): number => Math.round(toDouble(value));

function requireNumber(name: string, value: unknown): void {
  if (!isNumber(value))
    throw new MongoError(28765, `${name} only supports numeric types, not ${typeName(value)}`);
}

/** A function of doubles; decimals are calculated as doubles, which has fewer digits than MongoDB's. */
const viaDouble = (
  name: string,
  apply: (value: number) => number,
  check?: (value: number) => void,
): OperatorCompiler =>
  unary(name, (value) => {
    if (isNullish(value)) return null;
    requireNumber(name, value);
    const double = toDouble(value);
    check?.(double);
    const result = apply(double);
    return typeOf(value) === T.decimal ? decimalOfDouble(result) : new Double(result);
  });

function add(values: unknown[]): unknown {
  let sum: unknown = new Int32(0);
  let date: Date | undefined;
  let first = true;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (isDate(value)) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
      date = value;
    } else if (isNumber(value)) {
      sum = first ? value : addNumbers(sum, value);
      first = false;
    } else {
      throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
    }
  }
  return date ? new Date(millisOf(date) + millis(sum)) : sum;
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (isNumber(a) && isNumber(b)) return subtractNumbers(a, b);
  if (isDate(a)) {
    if (isDate(b)) return Long.fromNumber(millisOf(a) - millisOf(b));
    if (isNumber(b)) return new Date(millisOf(a) - millis(b));
  }
  throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
}

function multiply(values: unknown[]): unknown {
  let product: unknown = new Int32(1);
  for (const value of values) {
    if (isNullish(value)) return null;
    if (!isNumber(value)) throw typeMismatch(`$multiply only supports numeric types, not ${typeName(value)}`);
    product = multiplyNumbers(product, value);
  }
  return product;
}

type Rounding = 'round' | 'trunc' | 'floor' | 'ceil';

/** Rounds at a decimal place (0 = to a whole number, negative = tens), keeping the type. */
function roundTo(value: unknown, place: number, mode: Rounding): unknown {
  const type = typeOf(value);
  if ((type === T.int || type === T.long) && place >= 0) return value;
  const exact = exactOf(value);
  if (typeof exact === 'number' && !Number.isFinite(exact)) return value;
  if (type === T.double && place === 0) {
    const double = toDouble(value);
    return new Double(mode === 'round' ? halfEven(double) : Math[mode](double));
  }
  const { coefficient, exponent } = asExact(type === T.double ? exactOfDecimalText(toDouble(value)) : exact);
  const drop = -place - exponent;
  if (drop <= 0) return value;
  const unit = 10n ** BigInt(drop);
  let quotient = coefficient / unit;
  const rest = coefficient % unit;
  if (mode === 'floor' && rest < 0n) quotient -= 1n;
  if (mode === 'ceil' && rest > 0n) quotient += 1n;
  if (mode === 'round') {
    const twice = (rest < 0n ? -rest : rest) * 2n;
    if (twice > unit || (twice === unit && quotient % 2n !== 0n)) quotient += coefficient < 0n ? -1n : 1n;
  }
  const rounded = { coefficient: quotient, exponent: -place };
  if (type === T.decimal) return decimalOfExact(rounded);
  if (type === T.double) return new Double(Number(`${quotient}e${-place}`));
  return integerOf(quotient * 10n ** BigInt(-place), type) ?? new Double(toDouble(value));
}

/** A double by its shortest text: rounding 2.675 to two places is then about the digits people see. */
const exactOfDecimalText = (value: number) => exactOfDecimal(Decimal128.fromString(String(value)));

function halfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

const rounding = (name: string, mode: Rounding): OperatorCompiler =>
  operator(name, 1, 2, (...operands) => {
    const [value, place] = operands as [Evaluate, Evaluate | undefined];
    return (frame) => {
      const number = value(frame);
      const places = place ? place(frame) : new Int32(0);
      if (isNullish(number) || isNullish(places)) return null;
      if (!isNumber(number)) {
        throw new MongoError(51081, `${name} only supports numeric types, not ${typeName(number)}`);
      }
      const digits = isNumber(places) ? toDouble(places) : Number.NaN;
      if (!Number.isInteger(digits))
        throw new MongoError(51082, `precision argument to ${name} must be a integral value`);
      if (digits < -20 || digits > 100) {
        throw new MongoError(
          51083,
          `cannot apply ${name} with precision value ${digits} value must be in [-20, 100]`,
        );
      }
      return roundTo(number, digits, mode);
    };
  });

/** The one list operand, or all operands: how `$sum`, `$avg`, `$min` and `$max` take values in expressions. */
const overList = (name: string, apply: (values: unknown[]) => unknown): OperatorCompiler =>
  variadic(name, (values) => apply(values.length === 1 && Array.isArray(values[0]) ? values[0] : values));

/** The extreme of the values that are there; null if there is none. */
function extreme(values: unknown[], direction: number): unknown {
  let best: unknown;
  for (const value of values) {
    if (!isNullish(value) && (best === undefined || compareValues(value, best) * direction > 0)) best = value;
  }
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
  $subtract: binary('$subtract', subtract),
  $multiply: variadic('$multiply', multiply),
  $divide: binary('$divide', (a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (!isNumber(a) || !isNumber(b)) {
      throw typeMismatch(`$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
    }
    return divideNumbers(a, b);
  }),
  $mod: binary('$mod', (a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (!isNumber(a) || !isNumber(b)) {
      throw new MongoError(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
    }
    return remainderNumbers(a, b);
  }),
  $abs: unary('$abs', (value) => {
    if (isNullish(value)) return null;
    requireNumber('$abs', value);
    if (compareValues(value, new Int32(0)) >= 0) return value;
    return multiplyNumbers(value, new Int32(-1));
  }),
  $ceil: unary('$ceil', (value) => {
    if (isNullish(value)) return null;
    requireNumber('$ceil', value);
    return roundTo(value, 0, 'ceil');
  }),
  $floor: unary('$floor', (value) => {
    if (isNullish(value)) return null;
    requireNumber('$floor', value);
    return roundTo(value, 0, 'floor');
  }),
  $round: rounding('$round', 'round'),
  $trunc: rounding('$trunc', 'trunc'),
  $sqrt: viaDouble('$sqrt', Math.sqrt, (value) => {
    if (value < 0) throw new MongoError(28714, "$sqrt's argument must be greater than or equal to 0");
  }),
  $exp: viaDouble('$exp', Math.exp),
  $ln: viaDouble('$ln', Math.log, (value) => {
    if (value <= 0) throw new MongoError(28766, `$ln's argument must be a positive number, but is ${value}`);
  }),
  $log10: viaDouble('$log10', Math.log10, (value) => {
    if (value <= 0)
      throw new MongoError(28761, `$log10's argument must be a positive number, but is ${value}`);
  }),
  $log: binary('$log', (value, base) => {
    if (isNullish(value) || isNullish(base)) return null;
    if (!isNumber(value) || toDouble(value) <= 0)
      throw new MongoError(28758, "$log's argument must be a positive number");
    if (!isNumber(base) || toDouble(base) <= 0 || toDouble(base) === 1) {
      throw new MongoError(28759, "$log's base must be a positive number not equal to 1");
    }
    return new Double(Math.log(toDouble(value)) / Math.log(toDouble(base)));
  }),
  $pow: binary('$pow', (base, exponent) => {
    if (isNullish(base) || isNullish(exponent)) return null;
    if (!isNumber(base)) throw new MongoError(28762, `$pow's base must be numeric, not ${typeName(base)}`);
    if (!isNumber(exponent))
      throw new MongoError(28763, `$pow's exponent must be numeric, not ${typeName(exponent)}`);
    const result = toDouble(base) ** toDouble(exponent);
    const types = [typeOf(base), typeOf(exponent)];
    if (types.includes(T.decimal)) return decimalOfDouble(result);
    if (types.includes(T.double) || !Number.isSafeInteger(result)) return new Double(result);
    return integerOf(BigInt(result), types.includes(T.long) ? T.long : T.int) ?? new Double(result);
  }),
  $sum: overList('$sum', (values) => totalOf(values).result()),
  $avg: overList('$avg', (values) => totalOf(values).average()),
  $max: overList('$max', (values) => extreme(values, 1)),
  $min: overList('$min', (values) => extreme(values, -1)),
};
