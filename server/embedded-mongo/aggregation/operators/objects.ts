import { calculateObjectSize, type Document, Double, Int32 } from 'bson';
import { MongoError } from '../../errors.ts';
import {
  bytesOf,
  copyDocument,
  fieldsOf,
  getField,
  isDocument,
  setField,
  T,
  typeName,
  typeOf,
} from '../../values/types.ts';
import { type Compile, type Evaluate, type OperatorTable, type Scope } from '../scope.ts';
import { isNullish, namedFields, unary, variadic } from './operands.ts';

/** Merges documents, later fields win; null and missing are skipped. @throws 40400 */
export function mergeObjects(values: unknown[]): Document {
  const result: Document = {};
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDocument(value)) {
      throw new MongoError(
        40400,
        `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`,
      );
    }
    const fields = fieldsOf(value);
    for (const name of Object.keys(fields)) setField(result, name, fields[name]);
  }
  return result;
}

function fieldName(operator: string, value: unknown, scope: Scope, compile: Compile): string {
  const name = compile(value, scope)({ root: {}, slots: [] });
  if (typeof name !== 'string') {
    throw new MongoError(
      5654602,
      `${operator} requires 'field' to evaluate to a constant string, got ${typeName(name)}`,
    );
  }
  return name;
}

function setFieldOf(operator: string, remove: boolean) {
  return (operand: unknown, scope: Scope, compile: Compile): Evaluate => {
    const fields = namedFields(
      operator,
      operand,
      remove ? ['field', 'input'] : ['field', 'input', 'value'],
      [],
    );
    const name = fieldName(operator, fields.field, scope, compile);
    const input = compile(fields.input, scope);
    const value: Evaluate = remove ? () => undefined : compile(fields.value, scope);
    return (frame) => {
      const document = input(frame);
      if (isNullish(document)) return null;
      if (!isDocument(document))
        throw new MongoError(4161105, `${operator} requires 'input' to evaluate to type Object`);
      const copy = copyDocument(document);
      const next = value(frame);
      if (next === undefined) delete copy[name];
      else setField(copy, name, next);
      return copy;
    };
  };
}

/** Documents, variables and literals. */
export const objects: OperatorTable = {
  $literal: (operand) => () => operand,
  $const: (operand) => () => operand,
  $expr: (operand, scope, compile) => compile(operand, scope),
  $rand: () => () => new Double(Math.random()),

  $let: (operand, scope, compile) => {
    const fields = namedFields('$let', operand, ['vars', 'in'], []);
    if (!isDocument(fields.vars))
      throw new MongoError('FailedToParse', 'invalid parameter: expected an object (vars)');
    let inner = scope;
    const bindings = Object.keys(fields.vars).map((name) => {
      const value = compile(fields.vars[name], scope);
      const bound = inner.bind(name);
      inner = bound.scope;
      return { slot: bound.slot, value };
    });
    const body = compile(fields.in, inner);
    return (frame) => {
      for (const { slot, value } of bindings) frame.slots[slot] = value(frame);
      return body(frame);
    };
  },

  $mergeObjects: variadic('$mergeObjects', (values) =>
    mergeObjects(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
  ),

  $getField: (operand, scope, compile) => {
    const long = isDocument(operand) && Object.hasOwn(operand, 'field');
    const fields = long ? namedFields('$getField', operand, ['field'], ['input']) : { field: operand };
    const name = fieldName('$getField', fields.field, scope, compile);
    const input = Object.hasOwn(fields, 'input') ? compile(fields.input, scope) : compile('$$CURRENT', scope);
    return (frame) => {
      const document = input(frame);
      if (isDocument(document)) return getField(document, name);
      return document === null ? null : undefined;
    };
  },
  $setField: setFieldOf('$setField', false),
  $unsetField: setFieldOf('$unsetField', true),

  $objectToArray: unary('$objectToArray', (value) => {
    if (isNullish(value)) return null;
    if (!isDocument(value)) {
      throw new MongoError(40390, `$objectToArray requires a document input, found: ${typeName(value)}`);
    }
    const fields = fieldsOf(value);
    return Object.keys(fields).map((k) => ({ k, v: fields[k] }));
  }),
  $arrayToObject: unary('$arrayToObject', (value) => {
    if (isNullish(value)) return null;
    if (!Array.isArray(value)) {
      throw new MongoError(40386, `$arrayToObject requires an array input, found: ${typeName(value)}`);
    }
    const result: Document = {};
    for (const entry of value) {
      const pair = Array.isArray(entry) ? entry : isDocument(entry) ? [entry.k, entry.v] : undefined;
      if (pair?.length !== 2)
        throw new MongoError(40392, '$arrayToObject requires pairs, as arrays of two or as {k, v}');
      const [name, item] = pair;
      if (typeof name !== 'string')
        throw new MongoError(40395, `$arrayToObject requires string keys, found: ${typeName(name)}`);
      setField(result, name, item);
    }
    return result;
  }),

  $bsonSize: unary('$bsonSize', (value) => {
    if (isNullish(value)) return null;
    if (!isDocument(value))
      throw new MongoError(31393, `$bsonSize requires a document input, found: ${typeName(value)}`);
    return new Int32(calculateObjectSize(value));
  }),
  $binarySize: unary('$binarySize', (value) => {
    if (isNullish(value)) return null;
    if (typeof value === 'string') return new Int32(Buffer.byteLength(value));
    if (typeOf(value) !== T.binary) {
      throw new MongoError(
        51276,
        `$binarySize requires a string or BinData argument, found: ${typeName(value)}`,
      );
    }
    return new Int32(bytesOf(value as Buffer).length);
  }),
};
