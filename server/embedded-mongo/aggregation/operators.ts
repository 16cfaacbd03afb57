import { type Document, Int32 } from 'bson';
import { MongoError, typeMismatch } from '../errors.ts';
import { compareValues, millisOf, toDouble } from '../values/compare.ts';
import { addNumbers } from '../values/number.ts';
import { isTrue } from '../values/truth.ts';
import { isNumber, T, typeName, typeOf } from '../values/types.ts';

/** A compiled expression; undefined means missing. */
export type Evaluate = (root: Document) => unknown;

interface Operator {
  /** How many operands it takes, written as a list, or bare if it is one. */
  least: number;
  most: number;
  make: (...operands: Evaluate[]) => Evaluate;
}

const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;

const any = (make: Operator['make'], least = 0): Operator => ({
  least,
  most: Number.POSITIVE_INFINITY,
  make,
});
const comparison = (holds: (order: number) => boolean): Operator => ({
  least: 2,
  most: 2,
  make: (...operands) => {
    const [a, b] = operands as [Evaluate, Evaluate];
    return (root) => holds(compareValues(a(root), b(root)));
  },
});

function add(values: unknown[]): unknown {
  let sum: unknown = new Int32(0);
  let date: Date | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (typeOf(value) === T.date) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
      date = value as Date;
    } else if (isNumber(value)) {
      sum = addNumbers(sum, value);
    } else {
      throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
    }
  }
  return date ? new Date(millisOf(date) + Math.round(toDouble(sum))) : sum;
}

const OPERATORS: Record<string, Operator> = {
  $and: any(
    (...operands) =>
      (root) =>
        operands.every((operand) => isTrue(operand(root))),
  ),
  $or: any(
    (...operands) =>
      (root) =>
        operands.some((operand) => isTrue(operand(root))),
  ),
  $not: { least: 1, most: 1, make: (operand) => (root) => !isTrue((operand as Evaluate)(root)) },
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cond: {
    least: 3,
    most: 3,
    make: (...operands) => {
      const [test, yes, no] = operands as [Evaluate, Evaluate, Evaluate];
      return (root) => (isTrue(test(root)) ? yes(root) : no(root));
    },
  },
  $ifNull: any(
    (...operands) =>
      (root) => {
        let value: unknown;
        for (const evaluate of operands) {
          value = evaluate(root);
          if (!isNullish(value)) return value;
        }
        return value;
      },
    2,
  ),
  $add: any(
    (...operands) =>
      (root) =>
        add(operands.map((operand) => operand(root))),
  ),
};

/**
 * Compiles `{name: operand}`.
 * @throws MongoError 168 for an operator that is not there, 16020 for a wrong number of operands
 */
export function compileOperator(
  name: string,
  operand: unknown,
  compile: (expression: unknown) => Evaluate,
): Evaluate {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator)
    throw new MongoError(
      'InvalidPipelineOperator',
      `the expression '${name}' is not supported by the embedded store`,
    );
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length < operator.least || list.length > operator.most)
    throw new MongoError(16020, `Expression ${name} takes another number of arguments than ${list.length}.`);
  return operator.make(...list.map(compile));
}
