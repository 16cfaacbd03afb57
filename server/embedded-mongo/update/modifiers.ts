import { type Document, Int32, Long, Timestamp } from 'bson';
import { badValue, failedToParse, MongoError, typeMismatch } from '../errors.ts';
import { compilePullTest } from '../query/match.ts';
import { compileSorter } from '../query/sort.ts';
import { compareValues, exactOf, toDouble } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { hashKey } from '../values/hash.ts';
import { addNumbers, multiplyNumbers, wholeOf } from '../values/number.ts';
import { isDocument, isNumber, T, typeName, typeOf } from '../values/types.ts';

/** Leave the value as it is. */
export const KEEP = Symbol('keep');
/** Remove the field. */
export const REMOVE = Symbol('remove');

/** An array that only grew at its end, from `from` on. */
export class Appended {
  constructor(
    readonly array: unknown[],
    readonly from: number,
  ) {}
}

export interface ModifierContext {
  isInsert: boolean;
  now: Date;
  /** The document before the update, for error messages. */
  document: Document;
  /** The concrete path being changed. */
  path: string;
}

/** What one operator does to one field. */
export interface Modifier {
  /** New value for the present one (undefined if missing), or KEEP, REMOVE, an `Appended`. */
  apply(existing: unknown, context: ModifierContext): unknown;
  /** False if the operator does nothing where the path is missing. */
  creates: boolean;
  /** True if a path that can never exist is no error either ($unset). */
  lenient?: boolean;
}

const subject = (document: Document): string => `{_id: ${describe(document._id)}}`;

const modifier = (apply: Modifier['apply']): Modifier => ({ apply, creates: true });
const arrayModifier = (
  apply: (array: unknown[]) => unknown[],
  notArray: (existing: unknown, path: string) => MongoError,
): Modifier => ({
  creates: false,
  apply(existing, { path }) {
    if (!Array.isArray(existing)) throw notArray(existing, path);
    const result = apply(existing);
    return result.length === existing.length ? KEEP : result;
  },
});

/**
 * Compiles one `{operator: {path: operand}}`.
 * @throws 2, 9, 14 for operands that MongoDB refuses
 */
export function compileModifier(operator: string, path: string, operand: unknown): Modifier | undefined {
  switch (operator) {
    case '$set':
      return modifier(() => operand);
    case '$setOnInsert':
      return modifier((_existing, { isInsert }) => (isInsert ? operand : KEEP));
    case '$unset':
      return { apply: () => REMOVE, creates: false, lenient: true };
    case '$inc':
      if (!isNumber(operand)) {
        throw typeMismatch(`Cannot increment with non-numeric argument: ${describe({ [path]: operand })}`);
      }
      return arithmetic('$inc', operand, (existing) => addNumbers(existing, operand, 'error'));
    case '$mul':
      if (!isNumber(operand)) {
        throw typeMismatch(`Cannot multiply with non-numeric argument: ${describe({ [path]: operand })}`);
      }
      return arithmetic('$mul', multiplyNumbers(operand, new Int32(0)), (existing) =>
        multiplyNumbers(existing, operand, 'error'),
      );
    case '$min':
      return modifier((e) => (e === undefined || compareValues(operand, e) < 0 ? operand : KEEP));
    case '$max':
      return modifier((e) => (e === undefined || compareValues(operand, e) > 0 ? operand : KEEP));
    case '$currentDate':
      return currentDate(operand);
    case '$push':
      return push(operand);
    case '$addToSet':
      return addToSet(operand);
    case '$pop':
      return pop(path, operand);
    case '$pull': {
      const matches = compilePullTest(operand);
      return arrayModifier(
        (array) => array.filter((element) => !matches(element)),
        () => badValue('Cannot apply $pull to a non-array value'),
      );
    }
    case '$pullAll': {
      if (!Array.isArray(operand)) {
        throw badValue(`$pullAll requires an array argument but was given a ${typeName(operand)}`);
      }
      const keys = new Set(operand.map(hashKey));
      return arrayModifier(
        (array) => array.filter((element) => !keys.has(hashKey(element))),
        () => badValue('Cannot apply $pull to a non-array value'),
      );
    }
    case '$bit':
      return bit(operand);
    default:
      return undefined;
  }
}

function arithmetic(name: string, ifMissing: unknown, apply: (existing: unknown) => unknown): Modifier {
  return modifier((existing, { document, path }) => {
    if (existing === undefined) return ifMissing;
    const field = path.split('.').at(-1);
    if (!isNumber(existing)) {
      throw typeMismatch(
        `Cannot apply ${name} to a value of non-numeric type. ${subject(document)} has the field '${field}' of non-numeric type ${typeName(existing)}`,
      );
    }
    try {
      return apply(existing);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      throw badValue(
        `Failed to apply ${name} operations to current value ((${typeName(existing)})${exactOf(existing)}) for document ${subject(document)}`,
      );
    }
  });
}

function currentDate(operand: unknown): Modifier {
  let kind: unknown = operand === true || operand === false ? 'date' : undefined;
  if (isDocument(operand)) {
    const names = Object.keys(operand);
    if (names.length !== 1 || names[0] !== '$type') {
      throw badValue(`Unrecognized $currentDate option: ${names.find((name) => name !== '$type') ?? ''}`);
    }
    kind = operand.$type;
  } else if (kind === undefined) {
    throw badValue(
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  if (kind !== 'date' && kind !== 'timestamp') {
    throw badValue(
      "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
    );
  }
  return modifier((_existing, { now }) =>
    kind === 'date' ? now : new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }),
  );
}

/** True for `{$each: […], …}`, the long form of `$push` and `$addToSet`. */
const hasEach = (operand: unknown): operand is Document =>
  isDocument(operand) && Object.hasOwn(operand, '$each');

function eachOf(operator: string, operand: Document): unknown[] {
  if (!Array.isArray(operand.$each)) {
    throw (operator === '$push' ? badValue : typeMismatch)(
      `The argument to $each in ${operator} must be an array but it was of type: ${typeName(operand.$each)}`,
    );
  }
  return operand.$each;
}

function push(operand: unknown): Modifier {
  const options = hasEach(operand) ? pushOptions(operand) : undefined;
  const added = options?.each ?? [operand];
  return modifier((existing, { document, path }) => {
    const field = path.split('.').at(-1);
    if (existing !== undefined && !Array.isArray(existing)) {
      throw badValue(
        `The field '${field}' must be an array but is of type ${typeName(existing)} in document ${subject(document)}`,
      );
    }
    const array = (existing as unknown[] | undefined) ?? [];
    if (!options || (options.position === undefined && !options.sort && options.slice === undefined)) {
      return added.length === 0 && existing ? KEEP : new Appended([...array, ...added], array.length);
    }
    let result = [...array];
    const { position = array.length, sort, slice } = options;
    result.splice(position < 0 ? Math.max(0, array.length + position) : position, 0, ...added);
    if (sort) result = sort(result);
    if (slice !== undefined) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
    return result;
  });
}

interface PushOptions {
  each: unknown[];
  position?: number;
  slice?: number;
  sort?: (array: unknown[]) => unknown[];
}

function pushOptions(operand: Document): PushOptions {
  const options: PushOptions = { each: eachOf('$push', operand) };
  for (const name of Object.keys(operand)) {
    const value: unknown = operand[name];
    if (name === '$position' || name === '$slice') {
      const whole = wholeOf(value);
      if (whole === undefined) {
        throw badValue(
          `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
        );
      }
      if (name === '$position') options.position = whole;
      else options.slice = whole;
    } else if (name === '$sort') {
      options.sort = elementSort(value);
    } else if (name !== '$each') {
      throw badValue(`Unrecognized clause in $push: ${name}`);
    }
  }
  return options;
}

function elementSort(spec: unknown): (array: unknown[]) => unknown[] {
  if (isDocument(spec)) {
    if (Object.keys(spec).length === 0)
      throw badValue('The sort pattern is empty when it should be a set of fields.');
    const sorter = compileSorter(spec);
    return (array) =>
      array
        .map((element) => ({ element, key: sorter.key(element as Document) }))
        .sort((a, b) => sorter.compareKeys(a.key, b.key))
        .map(({ element }) => element);
  }
  const direction = toDouble(spec);
  if (direction !== 1 && direction !== -1) {
    throw badValue('The $sort element value must be either 1 or -1');
  }
  return (array) => array.sort((a, b) => compareValues(a, b) * direction);
}

function addToSet(operand: unknown): Modifier {
  if (hasEach(operand)) {
    const other = Object.keys(operand).find((name) => name !== '$each');
    if (other) throw badValue(`Found unexpected fields after $each in $addToSet: ${other}`);
  }
  const candidates = hasEach(operand) ? eachOf('$addToSet', operand) : [operand];
  return modifier((existing, { path }) => {
    if (existing !== undefined && !Array.isArray(existing)) {
      throw badValue(
        `Cannot apply $addToSet to non-array field. Field named '${path.split('.').at(-1)}' has non-array type ${typeName(existing)}`,
      );
    }
    const array = (existing as unknown[] | undefined) ?? [];
    const present = new Set(array.map(hashKey));
    const added = candidates.filter((value) => {
      const key = hashKey(value);
      return !present.has(key) && present.add(key);
    });
    return added.length === 0 && existing ? KEEP : new Appended([...array, ...added], array.length);
  });
}

function pop(path: string, operand: unknown): Modifier {
  const end = isNumber(operand) ? toDouble(operand) : undefined;
  if (end === undefined) {
    throw failedToParse(`Expected a number in: ${describe({ [path]: operand })}`);
  }
  if (end !== 1 && end !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${end}`);
  return arrayModifier(
    (array) => (end === 1 ? array.slice(0, -1) : array.slice(1)),
    (existing, at) =>
      typeMismatch(`Path '${at}' contains an element of non-array type '${typeName(existing)}'`),
  );
}

function bit(operand: unknown): Modifier {
  if (!isDocument(operand)) {
    throw badValue(
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  const operations = Object.entries(operand as Record<string, unknown>).map(([name, value]) => {
    if (name !== 'and' && name !== 'or' && name !== 'xor') {
      throw badValue(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator`,
      );
    }
    if (typeOf(value) !== T.int && typeOf(value) !== T.long) {
      throw badValue(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(value)}' is not supported here`,
      );
    }
    return { name, value: BigInt(exactOf(value) as number | bigint), long: typeOf(value) === T.long };
  });
  if (operations.length === 0) {
    throw badValue(
      'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
    );
  }
  return modifier((existing, { document, path }) => {
    if (existing !== undefined && typeOf(existing) !== T.int && typeOf(existing) !== T.long) {
      throw badValue(
        `Cannot apply $bit to a value of non-integral type.${subject(document)} has the field ${path} of non-integer type ${typeName(existing)}`,
      );
    }
    let value = existing === undefined ? 0n : BigInt(exactOf(existing) as number | bigint);
    let long = typeOf(existing) === T.long;
    for (const operation of operations) {
      if (operation.name === 'and') value &= operation.value;
      else if (operation.name === 'or') value |= operation.value;
      else value ^= operation.value;
      long ||= operation.long;
    }
    return long ? Long.fromBigInt(BigInt.asIntN(64, value)) : new Int32(Number(value));
  });
}
