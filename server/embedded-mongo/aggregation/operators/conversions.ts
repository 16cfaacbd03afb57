import {
  type Binary,
  type Decimal128,
  Decimal128 as DecimalValue,
  Double,
  Int32,
  Long,
  ObjectId,
  type Timestamp,
} from 'bson';
import { MongoError } from '../../errors.ts';
import { asExact, exactOf, millisOf, toDouble } from '../../values/compare.ts';
import { decimalOfDouble, decimalOfExact } from '../../values/decimal.ts';
import { isTrue } from '../../values/truth.ts';
import {
  bytesOf,
  isDocument,
  isNumber,
  subtypeOf,
  T,
  typeName,
  typeOf,
  typeOfAlias,
} from '../../values/types.ts';
import { type Evaluate, type OperatorTable } from '../scope.ts';
import { isNullish, named, unary } from './operands.ts';
import { parseIsoDate } from './zones.ts';

/** A number as MongoDB writes it into text: whole doubles without a fraction. */
export function numberText(value: unknown): string {
  switch (typeOf(value)) {
    case T.decimal:
      return (value as Decimal128).toString();
    case T.long:
      return (value as Long).toString();
    default: {
      const double = toDouble(value);
      return Object.is(double, -0) ? '-0' : String(double);
    }
  }
}

const failure = (message: string): MongoError => new MongoError('ConversionFailure', message);
const unsupportedConversion = (value: unknown, to: string): MongoError =>
  failure(`Unsupported conversion from ${typeName(value)} to ${to} in $convert with no onError value`);

function toInteger(value: unknown, to: 'int' | 'long'): unknown {
  const [min, max] = to === 'int' ? [-(2n ** 31n), 2n ** 31n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  let whole: bigint;
  if (typeof value === 'boolean') whole = value ? 1n : 0n;
  else if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value)) {
      throw failure(`Failed to parse number '${value}' in $convert with no onError value`);
    }
    whole = BigInt(value.replace('+', ''));
  } else if (isNumber(value)) {
    const exact = exactOf(value);
    if (typeof exact === 'number' && !Number.isFinite(exact)) {
      throw failure(
        'Attempt to convert NaN or infinity value to integer type in $convert with no onError value',
      );
    }
    if (typeof exact === 'bigint') whole = exact;
    else if (typeof exact === 'number') whole = BigInt(Math.trunc(exact));
    else {
      const { coefficient, exponent } = exact;
      whole = exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent);
    }
  } else if (typeOf(value) === T.date && to === 'long') whole = BigInt(millisOf(value as Date));
  else throw unsupportedConversion(value, to);
  if (whole < min || whole > max) {
    throw failure('Conversion would overflow target type in $convert with no onError value');
  }
  return to === 'int' ? new Int32(Number(whole)) : Long.fromBigInt(whole);
}

function toDoubleValue(value: unknown): unknown {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (typeof value === 'string') {
    const double = Number(value);
    if (value.trim() !== value || value === '' || (Number.isNaN(double) && value !== 'NaN')) {
      throw failure(`Failed to parse number '${value}' in $convert with no onError value`);
    }
    return new Double(double);
  }
  if (isNumber(value)) return new Double(toDouble(value));
  if (typeOf(value) === T.date) return new Double(millisOf(value as Date));
  throw unsupportedConversion(value, 'double');
}

function toDecimal(value: unknown): unknown {
  if (typeof value === 'boolean') return decimalOfDouble(value ? 1 : 0);
  if (typeof value === 'string') {
    try {
      return DecimalValue.fromString(value);
    } catch {
      throw failure(`Failed to parse number '${value}' in $convert with no onError value`);
    }
  }
  if (typeOf(value) === T.double) return decimalOfDouble(toDouble(value));
  if (typeOf(value) === T.decimal) return value;
  if (isNumber(value)) return decimalOfExact(asExact(exactOf(value)));
  if (typeOf(value) === T.date) return decimalOfDouble(millisOf(value as Date));
  throw unsupportedConversion(value, 'decimal');
}

/** A moment out of what MongoDB takes for one; undefined for other types. */
export function momentOf(value: unknown): Date | undefined {
  switch (typeOf(value)) {
    case T.date:
      return value as Date;
    case T.timestamp:
      return new Date(((value as Timestamp).high >>> 0) * 1000);
    case T.objectId:
      return (value as ObjectId).getTimestamp();
    default:
      return undefined;
  }
}

function toDate(value: unknown): unknown {
  const moment = momentOf(value);
  if (moment) return moment;
  const type = typeOf(value);
  if (type === T.long || type === T.double || type === T.decimal)
    return new Date(toDouble(toInteger(value, 'long')));
  if (typeof value === 'string') {
    const date = parseIsoDate(value, 0);
    if (!date) throw failure(`Error parsing date string '${value}' in $convert with no onError value`);
    return date;
  }
  throw unsupportedConversion(value, 'date');
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numberText(value);
  switch (typeOf(value)) {
    case T.objectId:
      return (value as ObjectId).toHexString();
    case T.date:
      return new Date(millisOf(value as Date)).toISOString();
    case T.binary:
      if (subtypeOf(value as Binary) === 4) {
        return Buffer.from(bytesOf(value as Binary))
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      }
      return Buffer.from(bytesOf(value as Binary)).toString('base64');
    default:
      throw unsupportedConversion(value, 'string');
  }
}

function toObjectId(value: unknown): unknown {
  if (typeOf(value) === T.objectId) return value;
  if (typeof value !== 'string') throw unsupportedConversion(value, 'objectId');
  if (!/^[0-9a-fA-F]{24}$/.test(value)) {
    throw failure(`Failed to parse objectId '${value}' in $convert with no onError value`);
  }
  return new ObjectId(value);
}

/** Converts a value that is not null to a BSON type. @throws 241 if it cannot be */
function convert(value: unknown, type: number): unknown {
  switch (type) {
    case T.int:
      return toInteger(value, 'int');
    case T.long:
      return toInteger(value, 'long');
    case T.double:
      return toDoubleValue(value);
    case T.decimal:
      return toDecimal(value);
    case T.date:
      return toDate(value);
    case T.string:
      return toText(value);
    case T.objectId:
      return toObjectId(value);
    case T.bool:
      return isTrue(value);
    default:
      throw failure(`Unsupported conversion from ${typeName(value)} to type ${type}`);
  }
}

const shorthand = (name: string, type: number) =>
  unary(name, (value) => (isNullish(value) ? null : convert(value, type)));

/** Types and conversions. */
export const conversions: OperatorTable = {
  $type: unary('$type', typeName),
  $isNumber: unary('$isNumber', isNumber),
  $toInt: shorthand('$toInt', T.int),
  $toLong: shorthand('$toLong', T.long),
  $toDouble: shorthand('$toDouble', T.double),
  $toDecimal: shorthand('$toDecimal', T.decimal),
  $toDate: shorthand('$toDate', T.date),
  $toString: shorthand('$toString', T.string),
  $toObjectId: shorthand('$toObjectId', T.objectId),
  $toBool: shorthand('$toBool', T.bool),
  $convert: named(
    '$convert',
    ['input', 'to'],
    ['onError', 'onNull', 'format'],
    ({ input, to, onError, onNull }) => {
      return (frame) => {
        const value = (input as Evaluate)(frame);
        let target = (to as Evaluate)(frame);
        if (isDocument(target)) target = target.type;
        if (isNullish(value)) return onNull ? onNull(frame) : null;
        if (isNullish(target)) return null;
        const type = typeof target === 'string' ? typeOfAlias(target) : toDouble(target);
        if (type === undefined || Number.isNaN(type))
          throw new MongoError('BadValue', `Unknown type name: ${target}`);
        try {
          return convert(value, type);
        } catch (error) {
          if (onError && error instanceof MongoError && error.code === 241) return onError(frame);
          throw error;
        }
      };
    },
  ),
};
