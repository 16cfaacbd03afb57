import type { BSONRegExp } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { compareValues, exactOf, toDouble } from '../values/compare.ts';
import { hashKey } from '../values/hash.ts';
import { type ValueTest } from '../values/paths.ts';
import {
  classOf,
  isDocument,
  isNumber,
  isTypeNumber,
  regexOf,
  T,
  typeName,
  typeOf,
  typeOfAlias,
} from '../values/types.ts';
import { compileRegex, compileRegexValue } from './regex.ts';

// Tests of a single value, one builder per query operator. Which values of a document they see is not their
// business; see match.ts.

export type Comparison = '$eq' | '$gt' | '$gte' | '$lt' | '$lte';

const isNull = (value: unknown): boolean => value === null || value === undefined;

/** `$eq` and the ranges, with type bracketing: values of another class never match. */
export function comparisonTest(operator: Comparison, operand: unknown): ValueTest {
  if (operand === undefined) throw badValue('cannot compare to undefined');
  const orEqual = operator === '$gte' || operator === '$lte' || operator === '$eq';
  if (operand === null) return orEqual ? isNull : () => false;
  const type = typeOf(operand);
  const passes = passesOrder(operator);
  // Every value stands between MinKey and MaxKey, so ranges against them know no bracket.
  if (type === T.minKey || type === T.maxKey) return (value) => passes(compareValues(value, operand));
  if (typeof operand === 'string' && operator === '$eq') {
    return (value) => value === operand;
  }
  if (isNumber(operand)) {
    const exact = exactOf(operand);
    if (Number.isNaN(exact)) return orEqual ? (v) => isNumber(v) && Number.isNaN(toDouble(v)) : () => false;
    return (value) =>
      isNumber(value) && !Number.isNaN(toDouble(value)) && passes(compareValues(value, operand));
  }
  const rank = classOf(type);
  return (value) => classOf(typeOf(value)) === rank && passes(compareValues(value, operand));
}

function passesOrder(operator: Comparison): (order: number) => boolean {
  switch (operator) {
    case '$eq':
      return (order) => order === 0;
    case '$gt':
      return (order) => order > 0;
    case '$gte':
      return (order) => order >= 0;
    case '$lt':
      return (order) => order < 0;
    case '$lte':
      return (order) => order <= 0;
  }
}

/** A regular expression as a condition: matching text, or the same expression stored as a value. */
export function regexTest(value: BSONRegExp | RegExp): ValueTest {
  return textTest(compileRegexValue(value), regexOf(value));
}

function textTest(regex: RegExp, { pattern, options }: { pattern: string; options: string }): ValueTest {
  return (value) => {
    if (typeof value === 'string') return regex.test(value);
    if (typeOf(value) !== T.regex) return false;
    const stored = regexOf(value as BSONRegExp);
    return stored.pattern === pattern && stored.options === options;
  };
}

/** `$regex` with its `$options`. @throws 2, 51074, 51075 */
export function regexOperatorTest(operand: unknown, options: unknown): ValueTest {
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (typeof operand === 'string') {
    const sorted = [...(options ?? '')].sort().join('');
    return textTest(compileRegex(operand, options ?? ''), { pattern: operand, options: sorted });
  }
  if (typeOf(operand) !== T.regex) throw badValue('$regex has to be a string');
  const value = regexOf(operand as BSONRegExp);
  if (options === undefined) return regexTest(operand as BSONRegExp);
  if (value.options !== '') throw new MongoError(51075, 'options set in both $regex and $options');
  return textTest(compileRegex(value.pattern, options), { pattern: value.pattern, options });
}

/** `$in`: any of the values, regular expressions match text. @throws 2 */
export function inTest(operand: unknown): ValueTest {
  if (!Array.isArray(operand)) throw badValue('$in needs an array');
  const keys = new Set<string>();
  const regexes: ValueTest[] = [];
  let hasNull = false;
  for (const value of operand) {
    if (isDocument(value) && Object.keys(value)[0]?.startsWith('$'))
      throw badValue('cannot nest $ under $in');
    if (typeOf(value) === T.regex) regexes.push(regexTest(value as BSONRegExp));
    else if (isNull(value)) hasNull = true;
    else keys.add(hashKey(value));
  }
  return (value) => {
    if (isNull(value)) return hasNull;
    return (keys.size > 0 && keys.has(hashKey(value))) || regexes.some((test) => test(value));
  };
}

/** `$type`: numbers, aliases, `number`, or an array of them. @throws 2 */
export function typeTest(operand: unknown): ValueTest {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new MongoError('FailedToParse', '$type must match at least one type');
  const types = new Set<number>();
  for (const item of list) {
    if (typeof item === 'string') {
      if (item === 'number') for (const type of [T.int, T.long, T.double]) types.add(type);
      else {
        const type = typeOfAlias(item);
        if (type === undefined) throw badValue(`Unknown type name alias: ${item}`);
        types.add(type);
      }
    } else if (isNumber(item)) {
      const type = toDouble(item);
      if (!isTypeNumber(type) && type !== 6 && type !== 12)
        throw badValue(`Invalid numerical type code: ${type}`);
      types.add(type);
    } else {
      throw new MongoError('TypeMismatch', 'type must be represented as a number or a string');
    }
  }
  return (value) => value !== undefined && types.has(typeOf(value));
}

/** `$size`: the value itself is an array of that length. @throws 2 */
export function sizeTest(operand: unknown): ValueTest {
  const size = isNumber(operand) ? toDouble(operand) : Number.NaN;
  if (!Number.isInteger(size)) {
    throw badValue(
      `Failed to parse $size. Expected an integer, but got a value of type ${typeName(operand)}`,
    );
  }
  if (size < 0) throw badValue(`Failed to parse $size. Expected a non-negative number, but found: ${size}`);
  return (value) => Array.isArray(value) && value.length === size;
}
