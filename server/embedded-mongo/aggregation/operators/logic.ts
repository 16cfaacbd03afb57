import { Int32 } from 'bson';
import { MongoError } from '../../errors.ts';
import { compareValues } from '../../values/compare.ts';
import { isTrue } from '../../values/truth.ts';
import { isDocument } from '../../values/types.ts';
import { type Evaluate, type OperatorTable } from '../scope.ts';
import { binary, isNullish, namedFields, operator, unary } from './operands.ts';

/** Booleans, comparisons and conditions. */
export const logic: OperatorTable = {
  $and: operator('$and', 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (frame) => operands.every((operand) => isTrue(operand(frame)));
  }),
  $or: operator('$or', 0, Number.POSITIVE_INFINITY, (...operands) => {
    return (frame) => operands.some((operand) => isTrue(operand(frame)));
  }),
  $not: unary('$not', (value) => !isTrue(value)),

  $cmp: binary('$cmp', (a, b) => new Int32(Math.sign(compareValues(a, b)))),
  $eq: binary('$eq', (a, b) => compareValues(a, b) === 0),
  $ne: binary('$ne', (a, b) => compareValues(a, b) !== 0),
  $gt: binary('$gt', (a, b) => compareValues(a, b) > 0),
  $gte: binary('$gte', (a, b) => compareValues(a, b) >= 0),
  $lt: binary('$lt', (a, b) => compareValues(a, b) < 0),
  $lte: binary('$lte', (a, b) => compareValues(a, b) <= 0),

  $cond: (operand, scope, compile) => {
    let parts: unknown[];
    if (isDocument(operand)) {
      for (const key of Object.keys(operand)) {
        if (!['if', 'then', 'else'].includes(key)) {
          throw new MongoError(17083, `Unrecognized parameter to $cond: ${key}`);
        }
      }
      for (const [key, code] of [
        ['if', 17080],
        ['then', 17081],
        ['else', 17082],
      ] as const) {
        if (!Object.hasOwn(operand, key)) throw new MongoError(code, `Missing '${key}' parameter to $cond`);
      }
      parts = [operand.if, operand.then, operand.else];
    } else {
      parts = Array.isArray(operand) ? operand : [operand];
      if (parts.length !== 3) {
        throw new MongoError(
          16020,
          `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`,
        );
      }
    }
    const [test, yes, no] = parts.map((part) => compile(part, scope)) as [Evaluate, Evaluate, Evaluate];
    return (frame) => (isTrue(test(frame)) ? yes(frame) : no(frame));
  },

  $ifNull: (operand, scope, compile) => {
    const list = Array.isArray(operand) ? operand : [operand];
    if (list.length < 2) {
      throw new MongoError(1257300, `$ifNull needs at least two arguments, had: ${list.length}`);
    }
    const operands = list.map((item) => compile(item, scope));
    return (frame) => {
      let value: unknown;
      for (const evaluate of operands) {
        value = evaluate(frame);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },

  $switch: (operand, scope, compile) => {
    const fields = namedFields('$switch', operand, [], ['branches', 'default']);
    if (!Array.isArray(fields.branches)) {
      throw new MongoError(40061, "$switch expected an array for 'branches'");
    }
    if (fields.branches.length === 0) throw new MongoError(40068, '$switch requires at least one branch.');
    const branches = fields.branches.map((branch: unknown) => {
      const { case: test, then } = namedFields('$switch', branch, ['case', 'then'], []);
      return { test: compile(test, scope), result: compile(then, scope) };
    });
    const otherwise = Object.hasOwn(fields, 'default') ? compile(fields.default, scope) : undefined;
    return (frame) => {
      for (const { test, result } of branches) if (isTrue(test(frame))) return result(frame);
      if (otherwise) return otherwise(frame);
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    };
  },
};
