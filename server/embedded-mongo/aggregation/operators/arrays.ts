import { type Document, Int32 } from 'bson';
import { MongoError } from '../../errors.ts';
import { sortDocuments } from '../../query/sort.ts';
import { compareValues, equalValues, toDouble } from '../../values/compare.ts';
import { isTrue } from '../../values/truth.ts';
import { isDocument, isNumber, typeName } from '../../values/types.ts';
import { type Evaluate, type OperatorCompiler, type OperatorTable } from '../scope.ts';
import { binary, isNullish, named, namedFields, operator, unary, variadic } from './operands.ts';

function requireArray(name: string, value: unknown, code: number): unknown[] {
  if (!Array.isArray(value)) throw new MongoError(code, `${name} requires an array, not ${typeName(value)}`);
  return value;
}

function requireWhole(name: string, what: string, value: unknown, code: number): number {
  const whole = isNumber(value) ? toDouble(value) : Number.NaN;
  if (!Number.isInteger(whole)) {
    throw new MongoError(code, `${name} requires ${what} to be a whole number, but is ${typeName(value)}`);
  }
  return whole;
}

/** The operator over an array that is null for null. */
const overArray = (name: string, code: number, apply: (array: unknown[]) => unknown): OperatorCompiler =>
  unary(name, (value) => (isNullish(value) ? null : apply(requireArray(name, value, code))));

function several(name: string, pick: (array: unknown[], n: number) => unknown[]): OperatorCompiler {
  return named(name, ['n', 'input'], [], ({ n, input }) => (frame) => {
    const count = requireWhole(name, "'n'", (n as Evaluate)(frame), 5787903);
    if (count <= 0) throw new MongoError(5787908, `'n' must be greater than 0, found ${count}`);
    return pick(requireArray(name, (input as Evaluate)(frame), 5788200), count);
  });
}

function slice(array: unknown[], position: number, count?: number): unknown[] {
  if (count === undefined) return position < 0 ? array.slice(position) : array.slice(0, position);
  const start = position < 0 ? Math.max(0, array.length + position) : position;
  return array.slice(start, start + count);
}

/** Lists. */
export const arrays: OperatorTable = {
  $isArray: operator('$isArray', 1, 1, (operand) => (frame) => Array.isArray((operand as Evaluate)(frame))),
  $size: unary('$size', (value) => {
    if (!Array.isArray(value)) {
      throw new MongoError(
        17124,
        `The argument to $size must be an array, but was of type: ${typeName(value)}`,
      );
    }
    return new Int32(value.length);
  }),
  $arrayElemAt: binary('$arrayElemAt', (array, index) => {
    if (isNullish(array) || isNullish(index)) return null;
    const list = requireArray('$arrayElemAt', array, 28689);
    const at = requireWhole('$arrayElemAt', 'the index', index, 28690);
    return list.at(at);
  }),
  $first: overArray('$first', 28689, (array) => array[0]),
  $last: overArray('$last', 28689, (array) => array.at(-1)),
  $firstN: several('$firstN', (array, n) => array.slice(0, n)),
  $lastN: several('$lastN', (array, n) => array.slice(-n)),
  $maxN: several('$maxN', (array, n) =>
    array
      .filter((v) => !isNullish(v))
      .sort((a, b) => compareValues(b, a))
      .slice(0, n),
  ),
  $minN: several('$minN', (array, n) =>
    array
      .filter((v) => !isNullish(v))
      .sort(compareValues)
      .slice(0, n),
  ),
  $slice: operator('$slice', 2, 3, (...operands) => {
    const [array, position, count] = operands as [Evaluate, Evaluate, Evaluate?];
    return (frame) => {
      const list = array(frame);
      const from = position(frame);
      const size = count?.(frame);
      if (isNullish(list) || isNullish(from) || (count && isNullish(size))) return null;
      const items = requireArray('$slice', list, 28724);
      const start = requireWhole('$slice', 'the second argument', from, 28725);
      if (!count) return slice(items, start);
      const length = requireWhole('$slice', 'the third argument', size, 28727);
      if (length <= 0) throw new MongoError(28729, 'Third argument to $slice must be positive');
      return slice(items, start, length);
    };
  }),
  $concatArrays: variadic('$concatArrays', (values) => {
    if (values.some(isNullish)) return null;
    return values.flatMap((value) => requireArray('$concatArrays', value, 28664));
  }),
  $reverseArray: overArray('$reverseArray', 34435, (array) => [...array].reverse()),
  $in: binary('$in', (value, array) => {
    if (!Array.isArray(array)) {
      throw new MongoError(40081, `$in requires an array as a second argument, found: ${typeName(array)}`);
    }
    return array.some((element) => equalValues(element, value));
  }),
  $indexOfArray: operator('$indexOfArray', 2, 4, (...operands) => {
    const [array, search, start, end] = operands as [Evaluate, Evaluate, Evaluate?, Evaluate?];
    return (frame) => {
      const list = array(frame);
      if (isNullish(list)) return null;
      const items = requireArray('$indexOfArray', list, 40090);
      const value = search(frame);
      const from = start ? requireWhole('$indexOfArray', 'the start', start(frame), 40096) : 0;
      const to = end ? requireWhole('$indexOfArray', 'the end', end(frame), 40096) : items.length;
      if (from < 0 || to < 0) throw new MongoError(40097, '$indexOfArray requires a nonnegative index');
      for (let i = from; i < Math.min(to, items.length); i++)
        if (equalValues(items[i], value)) return new Int32(i);
      return new Int32(-1);
    };
  }),
  $range: operator('$range', 2, 3, (...operands) => {
    const [start, end, step] = operands as [Evaluate, Evaluate, Evaluate?];
    return (frame) => {
      const from = requireWhole('$range', 'the start', start(frame), 34443);
      const to = requireWhole('$range', 'the end', end(frame), 34445);
      const by = step ? requireWhole('$range', 'the step', step(frame), 34447) : 1;
      if (by === 0) throw new MongoError(34449, '$range requires a non-zero step value');
      if (Math.abs((to - from) / by) > 5_000_000)
        throw new MongoError(146, '$range would use too much memory');
      const result: Int32[] = [];
      for (let i = from; by > 0 ? i < to : i > to; i += by) result.push(new Int32(i));
      return result;
    };
  }),

  $filter: (operand, scope, compile) => {
    const fields = namedFields('$filter', operand, ['input', 'cond'], ['as', 'limit']);
    const input = compile(fields.input, scope);
    const { scope: inner, slot } = scope.bind(fields.as ?? 'this');
    const test = compile(fields.cond, inner);
    const limit = Object.hasOwn(fields, 'limit') ? compile(fields.limit, scope) : undefined;
    return (frame) => {
      const list = input(frame);
      if (isNullish(list)) return null;
      const bound = limit?.(frame);
      const max = isNullish(bound)
        ? Number.POSITIVE_INFINITY
        : requireWhole('$filter', "'limit'", bound, 327391);
      if (max < 1) throw new MongoError(327392, '$filter: limit must be greater than 0');
      const kept: unknown[] = [];
      for (const element of requireArray('$filter', list, 28651)) {
        frame.slots[slot] = element;
        if (isTrue(test(frame)) && kept.push(element) >= max) break;
      }
      return kept;
    };
  },
  $map: (operand, scope, compile) => {
    const fields = namedFields('$map', operand, ['input', 'in'], ['as']);
    const input = compile(fields.input, scope);
    const { scope: inner, slot } = scope.bind(fields.as ?? 'this');
    const body = compile(fields.in, inner);
    return (frame) => {
      const list = input(frame);
      if (isNullish(list)) return null;
      return requireArray('$map', list, 16883).map((element) => {
        frame.slots[slot] = element;
        return body(frame) ?? null;
      });
    };
  },
  $reduce: (operand, scope, compile) => {
    const fields = namedFields('$reduce', operand, ['input', 'initialValue', 'in'], []);
    const input = compile(fields.input, scope);
    const initial = compile(fields.initialValue, scope);
    const element = scope.bind('this');
    const total = element.scope.bind('value');
    const body = compile(fields.in, total.scope);
    return (frame) => {
      const list = input(frame);
      if (isNullish(list)) return null;
      let value = initial(frame);
      for (const item of requireArray('$reduce', list, 40080)) {
        frame.slots[element.slot] = item;
        frame.slots[total.slot] = value;
        value = body(frame);
      }
      return value;
    };
  },
  $sortArray: named('$sortArray', ['input', 'sortBy'], [], ({ input }, raw) => {
    const by: unknown = raw.sortBy;
    const order = isDocument(by)
      ? (array: unknown[]) => sortDocuments(array as Document[], by)
      : (array: unknown[]) => [...array].sort((a, b) => compareValues(a, b) * toDouble(by));
    if (!isDocument(by) && Math.abs(toDouble(by)) !== 1) {
      throw new MongoError('BadValue', 'Invalid sortBy specification in $sortArray');
    }
    return (frame) => {
      const list = (input as Evaluate)(frame);
      return isNullish(list) ? null : order(requireArray('$sortArray', list, 2942504));
    };
  }),
  $zip: named('$zip', ['inputs'], ['useLongestLength', 'defaults'], ({ inputs, defaults }, raw) => {
    return (frame) => {
      const lists = requireArray('$zip', (inputs as Evaluate)(frame), 34461);
      if (lists.some(isNullish)) return null;
      const fill = defaults?.(frame);
      const lengths = lists.map((list) => requireArray('$zip', list, 34468).length);
      const length =
        lengths.length === 0 ? 0 : (raw.useLongestLength === true ? Math.max : Math.min)(...lengths);
      return Array.from({ length }, (_, i) =>
        lists.map((list, k) => (list as unknown[])[i] ?? (Array.isArray(fill) ? (fill[k] ?? null) : null)),
      );
    };
  }),
};
