import { Int32 } from 'bson';
import { MongoError } from '../../errors.ts';
import { compareValues, equalValues } from '../../values/compare.ts';
import { isTrue } from '../../values/truth.ts';
import { isDocument, typeName } from '../../values/types.ts';
import {
  binary,
  type Evaluate,
  isNullish,
  namedFields,
  type OperatorTable,
  operator,
  unary,
} from './operands.ts';

/** Booleans, comparisons, conditions, and two questions to a list. */
export const logic: OperatorTable = {
  $and: operator('$and', 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (root) => operands.every((operand) => isTrue(operand(root)));
  }),
  $or: operator('$or', 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (root) => operands.some((operand) => isTrue(operand(root)));
  }),
  $not: unary('$not', (value) => !isTrue(value)),

  $cmp: binary('$cmp', (a, b) => new Int32(Math.sign(compareValues(a, b)))),
  $eq: binary('$eq', (a, b) => compareValues(a, b) === 0),
  $ne: binary('$ne', (a, b) => compareValues(a, b) !== 0),
  $gt: binary('$gt', (a, b) => compareValues(a, b) > 0),
  $gte: binary('$gte', (a, b) => compareValues(a, b) >= 0),
  $lt: binary('$lt', (a, b) => compareValues(a, b) < 0),
  $lte: binary('$lte', (a, b) => compareValues(a, b) <= 0),

  $cond: (operand, compile) => {
    const parts: unknown[] = isDocument(operand)
      ? Object.values(namedThree(operand))
      : Array.isArray(operand)
        ? operand
        : [operand];
    if (parts.length !== 3)
      throw new MongoError(
        16020,
        `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`,
      );
    const [test, yes, no] = parts.map(compile) as [Evaluate, Evaluate, Evaluate];
    return (root) => (isTrue(test(root)) ? yes(root) : no(root));
  },

  $ifNull: (operand, compile) => {
    const list = Array.isArray(operand) ? operand : [operand];
    if (list.length < 2)
      throw new MongoError(1257300, `$ifNull needs at least two arguments, had: ${list.length}`);
    const operands = list.map(compile);
    return (root) => {
      let value: unknown;
      for (const evaluate of operands) {
        value = evaluate(root);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },

  $switch: (operand, compile) => {
    const fields = namedFields('$switch', operand, ['branches'], ['default']);
    if (!Array.isArray(fields.branches))
      throw new MongoError(40061, "$switch expected an array for 'branches'");
    if (fields.branches.length === 0) throw new MongoError(40068, '$switch requires at least one branch.');
    const branches = fields.branches.map((branch: unknown) => {
      const { case: test, then } = namedFields('$switch', branch, ['case', 'then'], []);
      return { test: compile(test), result: compile(then) };
    });
    const otherwise = Object.hasOwn(fields, 'default') ? compile(fields.default) : undefined;
    return (root) => {
      for (const { test, result } of branches) if (isTrue(test(root))) return result(root);
      if (otherwise) return otherwise(root);
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    };
  },

  $in: binary('$in', (value, array) => {
    if (!Array.isArray(array))
      throw new MongoError(40081, `$in requires an array as a second argument, found: ${typeName(array)}`);
    return array.some((element) => equalValues(element, value));
  }),
  $size: unary('$size', (value) => {
    if (!Array.isArray(value))
      throw new MongoError(
        17124,
        `The argument to $size must be an array, but was of type: ${typeName(value)}`,
      );
    return new Int32(value.length);
  }),
};

function namedThree(operand: object): { if: unknown; then: unknown; else: unknown } {
  for (const key of Object.keys(operand))
    if (!['if', 'then', 'else'].includes(key))
      throw new MongoError(17083, `Unrecognized parameter to $cond: ${key}`);
  const missing = (['if', 'then', 'else'] as const).findIndex((key) => !Object.hasOwn(operand, key));
  if (missing >= 0) throw new MongoError(17080 + missing, 'A parameter of $cond is missing');
  const { if: test, then, else: no } = operand as { if: unknown; then: unknown; else: unknown };
  return { if: test, then, else: no };
}
