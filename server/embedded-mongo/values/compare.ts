import {
  type Binary,
  type BSONRegExp,
  type Document,
  type Double,
  type Int32,
  type Long,
  type ObjectId,
  type Timestamp,
} from 'bson';
import { bytesOf, classOf, fieldsOf, regexOf, subtypeOf, T, typeOf } from './types.ts';

/**
 * Order of two values as MongoDB sorts them: by class (MinKey, absent, null, numbers, strings, objects, arrays,
 * binary, ObjectId, bool, date, timestamp, regex, MaxKey), then within the class. Numbers compare by value
 * over all three types, exactly. Absent (undefined) ranks just below null: callers that treat a missing
 * field as null (sort, indexes) say so themselves.
 */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const typeA = typeOf(a);
  const typeB = typeOf(b);
  const classA = classOf(typeA);
  const classB = classOf(typeB);
  if (classA !== classB) return classA < classB ? -1 : 1;
  switch (classA) {
    case 10:
      return compareNumbers(a, b);
    case 15:
      return compareStrings(a as string, b as string);
    case 20:
      return compareDocuments(a as Document, b as Document);
    case 25:
      return compareArrays(a as unknown[], b as unknown[]);
    case 30:
      return compareBinaries(a as Binary, b as Binary);
    case 35:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case 40:
      return Number(a) - Number(b);
    case 45:
      return sign(millisOf(a as Date) - millisOf(b as Date));
    case 47:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case 50: {
      const [x, y] = [regexOf(a as BSONRegExp), regexOf(b as BSONRegExp)];
      return compareStrings(x.pattern, y.pattern) || compareStrings(x.options, y.options);
    }
    default:
      return 0; // MinKey, MaxKey, null and absent have one value each
  }
}

/** Equal in the sense of `$eq`: `Int32(1)`, `Long(1)` and `Double(1)` are equal. */
export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;

const sign = (x: number): number => (x < 0 ? -1 : x > 0 ? 1 : 0);

/** Milliseconds of a date; an invalid date is what the codec would write for it. */
export const millisOf = (date: Date): number => {
  const millis = date.getTime();
  return Number.isNaN(millis) ? 0 : millis;
};

/** Order by UTF-8 bytes, which is the order of code points and not that of JavaScript's UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // A surrogate stands for a code point above every other unit.
      const surrogateX = x >= 0xd800 && x <= 0xdfff;
      const surrogateY = y >= 0xd800 && y <= 0xdfff;
      if (surrogateX !== surrogateY) return surrogateX ? 1 : -1;
      return x < y ? -1 : 1;
    }
  }
  return a.length < b.length ? -1 : 1;
}

function compareDocuments(a: Document, b: Document): number {
  const [fieldsA, fieldsB] = [fieldsOf(a), fieldsOf(b)];
  const namesA = Object.keys(fieldsA).filter((name) => fieldsA[name] !== undefined);
  const namesB = Object.keys(fieldsB).filter((name) => fieldsB[name] !== undefined);
  const length = Math.min(namesA.length, namesB.length);
  for (let i = 0; i < length; i++) {
    const nameA = namesA[i] as string;
    const nameB = namesB[i] as string;
    const valueA = fieldsA[nameA];
    const valueB = fieldsB[nameB];
    // MongoDB's order of the three comparisons: class of the value, name, value.
    const order =
      classOf(typeOf(valueA)) - classOf(typeOf(valueB)) ||
      compareStrings(nameA, nameB) ||
      compareValues(valueA, valueB);
    if (order !== 0) return sign(order);
  }
  return sign(namesA.length - namesB.length);
}

function compareArrays(a: unknown[], b: unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return sign(a.length - b.length);
}

function compareBinaries(a: Binary | Uint8Array, b: Binary | Uint8Array): number {
  const [x, y] = [bytesOf(a), bytesOf(b)];
  return sign(x.length - y.length) || sign(subtypeOf(a) - subtypeOf(b)) || Buffer.compare(x, y);
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return sign((a.high >>> 0) - (b.high >>> 0)) || sign((a.low >>> 0) - (b.low >>> 0));
}

/** JS number of any numeric value; a Long beyond 2^53 is rounded. */
export function toDouble(value: unknown): number {
  switch (typeOf(value)) {
    case T.int:
    case T.double:
      return typeof value === 'number' ? value : (value as Int32 | Double).value;
    case T.long:
      return typeof value === 'bigint' ? Number(value) : (value as Long).toNumber();
    default:
      return Number.NaN;
  }
}

/** Exact value of any number: a JS number where that is exact or not finite, else a bigint. */
export function exactOf(value: unknown): number | bigint {
  if (typeOf(value) !== T.long) return toDouble(value);
  const long = typeof value === 'bigint' ? value : (value as Long).toBigInt();
  const double = Number(long);
  return Number.isSafeInteger(double) ? double : long;
}

/** Order of two numbers of any types. NaN equals NaN and is below every other number; −0 equals 0. */
export function compareNumbers(a: unknown, b: unknown): number {
  const x = exactOf(a);
  const y = exactOf(b);
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : sign(Number(Number.isNaN(y)) - Number(Number.isNaN(x)));
}

/**
 * Equal down to type and field order, as MongoDB decides whether an update changes anything:
 * `Int32(1)` and `Double(1)` differ here.
 */
export function identicalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case T.object: {
      const [x, y] = [fieldsOf(a as Document), fieldsOf(b as Document)];
      const names = Object.keys(x);
      const others = Object.keys(y);
      if (names.length !== others.length) return false;
      return names.every((name, i) => name === others[i] && identicalValues(x[name], y[name]));
    }
    case T.array: {
      const [x, y] = [a as unknown[], b as unknown[]];
      return x.length === y.length && x.every((value, i) => identicalValues(value, y[i]));
    }
    case T.double:
      return Object.is(toDouble(a), toDouble(b));
    default:
      return compareValues(a, b) === 0;
  }
}
