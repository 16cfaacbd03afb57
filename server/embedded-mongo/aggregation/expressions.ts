import { type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { describe } from '../values/describe.ts';
import { fieldsOf, getField, isDocument, setField } from '../values/types.ts';
import { arithmetic } from './operators/arithmetic.ts';
import { arrays } from './operators/arrays.ts';
import { conversions } from './operators/conversions.ts';
import { dates } from './operators/dates.ts';
import { logic } from './operators/logic.ts';
import { objects } from './operators/objects.ts';
import { sets } from './operators/sets.ts';
import { strings } from './operators/strings.ts';
import { type Evaluate, type Frame, type OperatorCompiler, Scope } from './scope.ts';

const operators = new Map<string, OperatorCompiler>(
  [arithmetic, arrays, conversions, dates, logic, objects, sets, strings].flatMap((table) =>
    Object.entries(table),
  ),
);

/**
 * Compiles an aggregation expression to a function of a document; the result undefined means missing.
 * `variables` are readable as `$$name`; they are read anew at each evaluation. `NOW` may be among them.
 * @throws MongoError 168 for unknown operators, 17276 for unknown variables, 16020 and others for bad operands;
 *   evaluation throws what MongoDB answers for bad values
 */
export function compileExpression(
  expression: unknown,
  variables?: Document,
): (document: Document) => unknown {
  const evaluate = compile(expression, Scope.of(variables));
  const frame: Frame = { root: {}, slots: [] };
  return (document) => {
    frame.root = document;
    return evaluate(frame);
  };
}

/** Values of a command's `let`: its expressions may use constants and `$$NOW` only. */
export function evaluateVariables(definitions: Document | undefined, now: Date): Document {
  const values: Document = { NOW: now };
  for (const name of Object.keys(definitions ?? {})) {
    Scope.of(values).bind(name);
    setField(values, name, compileExpression(definitions?.[name], values)({}));
  }
  return values;
}

/** True for `{$operator: …}`. */
export const isOperatorExpression = (value: unknown): boolean =>
  isDocument(value) && Object.keys(fieldsOf(value))[0]?.startsWith('$') === true;

function compile(expression: unknown, scope: Scope): Evaluate {
  if (typeof expression === 'string') {
    if (expression.startsWith('$$')) return compileVariable(expression.slice(2), scope);
    if (expression.startsWith('$')) return compileVariable(`CURRENT.${expression.slice(1)}`, scope);
    return () => expression;
  }
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compile(item, scope));
    return (frame) => items.map((item) => item(frame) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const fields = fieldsOf(expression);
  const names = Object.keys(fields);
  const first = names[0];
  if (first?.startsWith('$')) {
    if (names.length > 1) {
      throw new MongoError(
        15983,
        `An object representing an expression must have exactly one field: ${describe(expression)}`,
      );
    }
    return compileOperator(first, fields[first], scope);
  }
  return compileObject(fields, names, scope);
}

function compileOperator(name: string, operand: unknown, scope: Scope): Evaluate {
  const operator = operators.get(name);
  if (operator) return operator(operand, scope, compile);
  if (name === '$function' || name === '$accumulator') {
    throw new MongoError(
      31264,
      `Cannot run server-side javascript without the javascript engine enabled: ${name}`,
    );
  }
  throw new MongoError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
}

function compileObject(fields: Document, names: string[], scope: Scope): Evaluate {
  for (const name of names) {
    if (name.includes('.')) {
      throw new MongoError(
        16412,
        `FieldPath field names may not contain '.'. Consider using $getField or $setField.`,
      );
    }
    if (name.startsWith('$')) {
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
  }
  const items = names.map((name) => ({ name, evaluate: compile(fields[name], scope) }));
  return (frame) => {
    const result: Document = {};
    for (const { name, evaluate } of items) {
      const value = evaluate(frame);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

function compileVariable(text: string, scope: Scope): Evaluate {
  const [name = '', ...parts] = text.split('.');
  if (name === '') throw new MongoError('FailedToParse', 'empty variable names are not allowed');
  const base = scope.variable(name);
  if (parts.length === 0) return base;
  for (const part of parts) assertFieldName(part, text);
  if (parts.length === 1) {
    const part = parts[0] as string;
    return (frame) => {
      const value = base(frame);
      return isDocument(value) ? getField(value, part) : step(value, parts, 0);
    };
  }
  return (frame) => step(base(frame), parts, 0);
}

/** @throws 16872, 15998, 16410 for parts that are no field names. */
export function assertFieldName(part: string, path: string): void {
  if (part === '') {
    const alone = path === 'CURRENT.';
    throw new MongoError(
      alone ? 16872 : 15998,
      alone ? "'$' by itself is not a valid FieldPath" : 'FieldPath field names may not be empty strings.',
    );
  }
  if (part.startsWith('$')) {
    throw new MongoError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
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
        if (!isDocument(element)) continue;
        const inner = step(element, parts, i);
        if (inner !== undefined) found.push(inner);
      }
      return found;
    } else {
      return undefined;
    }
  }
  return at;
}
