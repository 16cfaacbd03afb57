import { type Document } from 'bson';
import { MongoError } from '../../errors.ts';
import { isDocument, typeName } from '../../values/types.ts';
import { type Evaluate, type OperatorCompiler } from '../scope.ts';

// How operators take their operands. The name is passed along for MongoDB's error texts.

export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Operator with `min` to `max` operands, written as a list, or bare if it is one. */
export function operator(
  name: string,
  min: number,
  max: number,
  make: (...operands: Evaluate[]) => Evaluate,
): OperatorCompiler {
  return (operand, scope, compile) => {
    const list = Array.isArray(operand) ? operand : [operand];
    if (list.length < min || list.length > max) {
      if (min === max) {
        throw new MongoError(
          16020,
          `Expression ${name} takes exactly ${min} arguments. ${list.length} were passed in.`,
        );
      }
      throw new MongoError(
        28667,
        `Expression ${name} takes at least ${min} arguments, and at most ${max}, but ${list.length} were passed in.`,
      );
    }
    return make(...list.map((item) => compile(item, scope)));
  };
}

/** Operator with exactly one operand. */
export const unary = (name: string, apply: (value: unknown) => unknown): OperatorCompiler =>
  operator(name, 1, 1, (operand) => {
    const evaluate = operand as Evaluate;
    return (frame) => apply(evaluate(frame));
  });

/** Operator with exactly two operands. */
export const binary = (name: string, apply: (a: unknown, b: unknown) => unknown): OperatorCompiler =>
  operator(name, 2, 2, (...operands) => {
    const [a, b] = operands as [Evaluate, Evaluate];
    return (frame) => apply(a(frame), b(frame));
  });

/** Operator with any number of operands, all evaluated. */
export const variadic = (name: string, apply: (values: unknown[]) => unknown): OperatorCompiler =>
  operator(name, 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (frame) => apply(operands.map((operand) => operand(frame)));
  });

/** Operator whose operand is a document of named operands. */
export function named(
  name: string,
  required: string[],
  optional: string[],
  make: (operands: Record<string, Evaluate | undefined>, raw: Document) => Evaluate,
): OperatorCompiler {
  return (operand, scope, compile) => {
    const fields = namedFields(name, operand, required, optional);
    const operands: Record<string, Evaluate | undefined> = {};
    for (const key of Object.keys(fields)) operands[key] = compile(fields[key], scope);
    return make(operands, fields);
  };
}

/** Checks the names of a document operand. @throws 9 */
export function namedFields(
  name: string,
  operand: unknown,
  required: string[],
  optional: string[],
): Document {
  if (!isDocument(operand)) {
    throw new MongoError(
      'FailedToParse',
      `${name} only supports an object as its argument, not ${typeName(operand)}`,
    );
  }
  for (const key of Object.keys(operand)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new MongoError('FailedToParse', `${name} found an unknown argument: ${key}`);
    }
  }
  for (const key of required) {
    if (!Object.hasOwn(operand, key)) {
      throw new MongoError('FailedToParse', `Missing '${key}' parameter to ${name}`);
    }
  }
  return operand;
}
