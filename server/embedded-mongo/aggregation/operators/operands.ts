import type { Document } from 'bson';
import { failedToParse, MongoError } from '../../errors.ts';
import { isDocument, typeName } from '../../values/types.ts';

/** A compiled expression; undefined means missing. */
export type Evaluate = (root: Document) => unknown;

/** Compiles a subexpression. */
export type Compile = (expression: unknown) => Evaluate;

/** Compiles the operand of one operator. */
export type OperatorCompiler = (operand: unknown, compile: Compile) => Evaluate;

export type OperatorTable = Record<string, OperatorCompiler>;

// How operators take their operands. The name is passed along for MongoDB's error texts.

export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Operator with `min` to `max` operands, written as a list, or bare if it is one. */
export function operator(
  name: string,
  min: number,
  max: number,
  make: (...operands: Evaluate[]) => Evaluate,
): OperatorCompiler {
  return (operand, compile) => {
    const list = Array.isArray(operand) ? operand : [operand];
    if (list.length < min || list.length > max)
      throw new MongoError(
        min === max ? 16020 : 28667,
        `Expression ${name} takes ${min === max ? 'exactly' : 'at least'} ${min} arguments. ${list.length} were passed in.`,
      );
    return make(...list.map(compile));
  };
}

/** Operator with exactly one operand. */
export const unary = (name: string, apply: (value: unknown) => unknown): OperatorCompiler =>
  operator(name, 1, 1, (operand) => {
    const evaluate = operand as Evaluate;
    return (root) => apply(evaluate(root));
  });

/** Operator with exactly two operands. */
export const binary = (name: string, apply: (a: unknown, b: unknown) => unknown): OperatorCompiler =>
  operator(name, 2, 2, (...operands) => {
    const [a, b] = operands as [Evaluate, Evaluate];
    return (root) => apply(a(root), b(root));
  });

/** Operator with any number of operands, all evaluated. */
export const variadic = (name: string, apply: (values: unknown[]) => unknown): OperatorCompiler =>
  operator(name, 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (root) => apply(operands.map((operand) => operand(root)));
  });

/** Checks the names of a document operand. @throws 9 */
export function namedFields(
  name: string,
  operand: unknown,
  required: readonly string[],
  optional: readonly string[],
): Document {
  if (!isDocument(operand))
    throw failedToParse(`${name} only supports an object as its argument, not ${typeName(operand)}`);
  for (const key of Object.keys(operand))
    if (!required.includes(key) && !optional.includes(key))
      throw failedToParse(`${name} found an unknown argument: ${key}`);
  for (const key of required)
    if (!Object.hasOwn(operand, key)) throw failedToParse(`Missing '${key}' parameter to ${name}`);
  return operand;
}
