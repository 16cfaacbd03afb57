import type { Document } from 'bson';
import { failedToParse, MongoError } from '../errors.ts';
import { describe } from '../values/describe.ts';
import { fieldsOf, getField, isDocument, setField } from '../values/types.ts';
import { arithmetic } from './operators/arithmetic.ts';
import { dates } from './operators/dates.ts';
import { logic } from './operators/logic.ts';
import type { Evaluate, OperatorCompiler } from './operators/operands.ts';

const operators = new Map<string, OperatorCompiler>(
  [arithmetic, dates, logic].flatMap((table) => Object.entries(table)),
);

/**
 * Compiles an aggregation expression to a function of a document; the result undefined means missing.
 * @param now what `$$NOW` is: one moment for a whole command
 * @throws MongoError 168 for operators that are not there, 17276 for variables that are not, 16020 and others for bad
 *   operands; evaluation throws what MongoDB answers for bad values
 */
export function compileExpression(expression: unknown, now = new Date()): Evaluate {
  const compile = (part: unknown): Evaluate => {
    if (typeof part === 'string') {
      if (part.startsWith('$$')) return compileVariable(part.slice(2), now);
      return part.startsWith('$') ? compileVariable(`ROOT.${part.slice(1)}`, now) : () => part;
    }
    if (Array.isArray(part)) {
      const items = part.map(compile);
      return (root) => items.map((item) => item(root) ?? null);
    }
    if (!isDocument(part)) return () => part;
    const fields = fieldsOf(part);
    const names = Object.keys(fields);
    const [first] = names;
    if (!first?.startsWith('$')) return compileObject(fields, names, compile);
    if (names.length > 1)
      throw new MongoError(
        15983,
        `An object representing an expression must have exactly one field: ${describe(part)}`,
      );
    if (first === '$literal') return () => fields.$literal;
    const operator = operators.get(first);
    if (operator) return operator(fields[first], compile);
    throw new MongoError(
      'InvalidPipelineOperator',
      `the expression '${first}' is not supported by the embedded store`,
    );
  };
  return compile(expression);
}

/** True for `{$operator: …}`. */
export const isOperatorExpression = (value: unknown): boolean =>
  isDocument(value) && Object.keys(fieldsOf(value))[0]?.startsWith('$') === true;

function compileObject(fields: Document, names: string[], compile: (part: unknown) => Evaluate): Evaluate {
  const items = names.map((name) => {
    if (name.includes('.')) throw new MongoError(16412, `FieldPath field names may not contain '.'.`);
    assertFieldName(name);
    return { name, evaluate: compile(fields[name]) };
  });
  return (root) => {
    const result: Document = {};
    for (const { name, evaluate } of items) {
      const value = evaluate(root);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

function compileVariable(text: string, now: Date): Evaluate {
  const [name = '', ...parts] = text.split('.');
  if (name === '') throw failedToParse('empty variable names are not allowed');
  for (const part of parts) assertFieldName(part);
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return (root) => step(root, parts, 0);
    case 'NOW':
      return () => (parts.length === 0 ? now : undefined);
    case 'REMOVE':
      return () => undefined;
    default:
      throw new MongoError(17276, `Use of undefined variable: ${name}`);
  }
}

/** @throws 15998, 16410 for parts that are no field names. */
function assertFieldName(part: string): void {
  if (part === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
  if (part.startsWith('$')) throw new MongoError(16410, `FieldPath field names may not start with '$'.`);
}

/** Follows a path; over an array, the documents in it are followed one by one and what is missing drops out. */
function step(value: unknown, parts: readonly string[], i: number): unknown {
  let at = value;
  for (; i < parts.length; i++) {
    if (isDocument(at)) {
      at = getField(at, parts[i] as string);
    } else if (Array.isArray(at)) {
      const found: unknown[] = [];
      for (const element of at) {
        const inner = isDocument(element) ? step(element, parts, i) : undefined;
        if (inner !== undefined) found.push(inner);
      }
      return found;
    } else {
      return undefined;
    }
  }
  return at;
}
