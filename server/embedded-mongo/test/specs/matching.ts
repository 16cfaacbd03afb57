/**
 * The matching rules of MongoDB's unified test format, as far as results and outcomes need them
 * (mongodb/specifications: source/unified-test-format).
 */
import { Binary, BSON, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb';

/** Entities of a running test, by their id. */
export type Entities = ReadonlyMap<string, unknown>;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  !('_bsontype' in value) &&
  !(value instanceof Date);

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toBigInt();
  return undefined;
}

/** Where and how two values differ; undefined when the actual one matches. */
export function mismatch(
  expected: unknown,
  actual: unknown,
  entities: Entities,
  path = '',
  isRoot = true,
): string | undefined {
  if (isPlain(expected)) {
    const [operator] = Object.keys(expected);
    if (operator?.startsWith('$$'))
      return special(operator, expected[operator], actual, entities, path, isRoot);
    if (!isPlain(actual)) return `${path}: expected a document, got ${show(actual)}`;
    for (const [name, value] of Object.entries(expected)) {
      const found = fieldMismatch(name, value, actual, entities, path);
      if (found) return found;
    }
    if (isRoot) return undefined;
    const extra = Object.keys(actual).find((name) => !(name in expected));
    return extra === undefined ? undefined : `${path}.${extra}: is not expected`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${path}: expected an array, got ${show(actual)}`;
    if (actual.length !== expected.length) {
      return `${path}: expected ${expected.length} elements, got ${actual.length}: ${show(actual)}`;
    }
    for (let i = 0; i < expected.length; i++) {
      const found = mismatch(expected[i], actual[i], entities, `${path}[${i}]`, isRoot);
      if (found) return found;
    }
    return undefined;
  }
  const number = numberOf(expected);
  if (number !== undefined) {
    const other = numberOf(actual);
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number by value
    return other !== undefined && other == number
      ? undefined
      : `${path}: expected ${number}, got ${show(actual)}`;
  }
  const same = BSON.EJSON.stringify({ v: expected }) === BSON.EJSON.stringify({ v: actual });
  return same ? undefined : `${path}: expected ${show(expected)}, got ${show(actual)}`;
}

function fieldMismatch(
  name: string,
  expected: unknown,
  actual: Record<string, unknown>,
  entities: Entities,
  path: string,
): string | undefined {
  if (isPlain(expected)) {
    const [operator] = Object.keys(expected);
    if (operator === '$$exists') {
      return name in actual === expected.$$exists
        ? undefined
        : `${path}.${name}: existence is not as expected`;
    }
    if (operator === '$$unsetOrMatches' && !(name in actual)) return undefined;
    if (operator === '$$unsetOrMatches' && actual[name] === undefined) return undefined;
  }
  if (!(name in actual)) return `${path}.${name}: is missing`;
  return mismatch(expected, actual[name], entities, `${path}.${name}`, false);
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  int: (value) => typeof value === 'number' || value instanceof Int32,
  long: (value) => typeof value === 'number' || value instanceof Long || typeof value === 'bigint',
  double: (value) => typeof value === 'number' || value instanceof Double,
  decimal: (value) => value instanceof Decimal128,
  number: (value) => numberOf(value) !== undefined || value instanceof Decimal128,
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  object: isPlain,
  array: Array.isArray,
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  objectId: (value) => value instanceof ObjectId,
  binData: (value) => value instanceof Binary || value instanceof Uint8Array,
  timestamp: (value) => value instanceof BSON.Timestamp,
};

function special(
  operator: string,
  operand: unknown,
  actual: unknown,
  entities: Entities,
  path: string,
  isRoot: boolean,
): string | undefined {
  switch (operator) {
    case '$$exists':
      return (actual !== undefined) === operand ? undefined : `${path}: existence is not as expected`;
    case '$$type': {
      const types = Array.isArray(operand) ? operand : [operand];
      return types.some((type) => TYPES[type]?.(actual))
        ? undefined
        : `${path}: ${show(actual)} is not ${types}`;
    }
    case '$$unsetOrMatches':
      return actual === undefined ? undefined : mismatch(operand, actual, entities, path, isRoot);
    case '$$matchesEntity':
      return mismatch(entities.get(String(operand)), actual, entities, path, isRoot);
    case '$$matchAsRoot':
    case '$$matchAsDocument':
      return mismatch(operand, actual, entities, path, true);
    case '$$matchesHexBytes': {
      const hex = Buffer.from(actual as Uint8Array).toString('hex');
      return hex === operand ? undefined : `${path}: bytes ${hex.slice(0, 40)} differ`;
    }
    case '$$lte':
      return Number(numberOf(actual)) <= Number(numberOf(operand))
        ? undefined
        : `${path}: ${show(actual)} is too large`;
    default:
      return `${path}: the runner does not know ${operator}`;
  }
}

const show = (value: unknown): string => BSON.EJSON.stringify({ v: value ?? null }).slice(5, 200);
