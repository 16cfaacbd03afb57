import type { Document } from 'bson';
import { badValue, failedToParse, type MongoError, typeMismatch } from '../errors.ts';
import { compilePullTest } from '../query/match.ts';
import { compareValues } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { hashKey } from '../values/hash.ts';
import { addNumbers, wholeOf } from '../values/number.ts';
import { isDocument, isNumber, typeName } from '../values/types.ts';

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

/** Operators of an update that this store has. */
export const MODIFIERS: ReadonlySet<string> = new Set([
  '$set',
  '$setOnInsert',
  '$unset',
  '$inc',
  '$min',
  '$max',
  '$push',
  '$addToSet',
  '$pull',
]);

/**
 * Compiles one `{operator: {path: operand}}`.
 * @throws 2, 9, 14 for operands that MongoDB refuses
 */
export function compileModifier(operator: string, path: string, operand: unknown): Modifier {
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
      return increment(operand);
    case '$min':
      return modifier((e) => (e === undefined || compareValues(operand, e) < 0 ? operand : KEEP));
    case '$max':
      return modifier((e) => (e === undefined || compareValues(operand, e) > 0 ? operand : KEEP));
    case '$push':
      return push(operand);
    case '$addToSet':
      return addToSet(operand);
    case '$pull': {
      const matches = compilePullTest(operand);
      return arrayModifier(
        (array) => array.filter((element) => !matches(element)),
        () => badValue('Cannot apply $pull to a non-array value'),
      );
    }
    default:
      throw failedToParse(`Unknown modifier: ${operator}`);
  }
}

function increment(by: unknown): Modifier {
  return modifier((existing, { document, path }) => {
    if (existing === undefined) return by;
    if (!isNumber(existing)) {
      throw typeMismatch(
        `Cannot apply $inc to a value of non-numeric type. ${subject(document)} has the field '${path.split('.').at(-1)}' of non-numeric type ${typeName(existing)}`,
      );
    }
    return addNumbers(existing, by, 'error');
  });
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
    if (options?.slice === undefined) {
      return added.length === 0 && existing ? KEEP : new Appended([...array, ...added], array.length);
    }
    const { slice } = options;
    const result = [...array, ...added];
    return slice < 0 ? result.slice(slice) : result.slice(0, slice);
  });
}

interface PushOptions {
  each: unknown[];
  slice?: number;
}

function pushOptions(operand: Document): PushOptions {
  const options: PushOptions = { each: eachOf('$push', operand) };
  for (const name of Object.keys(operand)) {
    const value: unknown = operand[name];
    if (name === '$slice') {
      const whole = wholeOf(value);
      if (whole === undefined) {
        throw badValue(
          `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
        );
      }
      options.slice = whole;
    } else if (name !== '$each') {
      throw badValue(`the clause '${name}' of $push is not supported by the embedded store`);
    }
  }
  return options;
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
