/**
 * What a filter says about each path, as intervals of encoded values. An interval list may promise too little,
 * never too much: every value that can match lies in one of its intervals, so the filter decides again on each
 * document unless all of it is `exact`.
 */
import { BSONRegExp, type Document } from 'bson';
import { successor } from '../storage/keys.ts';
import { isDocument, regexOf, T, typeOf } from '../values/types.ts';
import { classRange, encodeValue } from './key-encoding.ts';

/** Encoded values from `low` up to, not including, `high`, ascending. */
export interface Interval {
  low: Buffer;
  high: Buffer;
  /** The one encoded value of the interval, when it is a single one. */
  point?: Buffer;
}

/** One condition on a path. All conditions of a path hold, for some element where arrays are met. */
export interface Condition {
  intervals: Interval[];
  /** The intervals say all that the condition says. */
  exact: boolean;
}

export interface Conditions {
  paths: Map<string, Condition[]>;
  /** Paths, or the whole filter, with something that intervals do not express. */
  residual: boolean;
  /** Alternatives of the top-level `$or`s. */
  alternatives: Document[][];
}

export function conditionsOf(filter: Document): Conditions {
  const conditions: Conditions = { paths: new Map(), residual: false, alternatives: [] };
  collect(filter, '', conditions);
  return conditions;
}

function collect(filter: Document, prefix: string, into: Conditions): void {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(value)) {
      for (const part of value) if (isDocument(part)) collect(part, prefix, into);
    } else if (name === '$or' && Array.isArray(value)) {
      into.residual = true;
      if (prefix === '') into.alternatives.push(value);
    } else if (name.startsWith('$')) {
      if (name !== '$comment') into.residual = true;
    } else {
      collectPath(prefix + name, value, into);
    }
  }
}

function collectPath(path: string, value: unknown, into: Conditions): void {
  if (!isOperators(value)) {
    add(path, typeOf(value) === T.regex ? regex(value) : equality(value), into);
    return;
  }
  const operators = value as Document;
  for (const [operator, operand] of Object.entries(operators)) {
    if (operator === '$options') continue;
    if (operator === '$elemMatch' && isDocument(operand)) {
      into.residual = true;
      const inner = operand as Document;
      // What one element must be: conditions on its value, or on its fields.
      if (isOperators(inner)) collectPath(path, inner, into);
      else collect(inner, `${path}.`, { ...into, alternatives: [] });
      continue;
    }
    add(path, conditionOf(operator, operand, operators), into);
  }
}

function add(path: string, condition: Condition | undefined, into: Conditions): void {
  if (!condition) {
    into.residual = true;
    return;
  }
  if (!condition.exact) into.residual = true;
  const known = into.paths.get(path);
  if (known) known.push(condition);
  else into.paths.set(path, [condition]);
}

function conditionOf(operator: string, operand: unknown, all: Document): Condition | undefined {
  switch (operator) {
    case '$eq':
      return equality(operand);
    case '$in':
      return Array.isArray(operand) ? membership(operand) : undefined;
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return comparison(operator, operand);
    case '$regex':
      return regex(operand, all.$options);
    case '$all':
      return Array.isArray(operand) && operand.length > 0 && !isOperators(operand[0])
        ? inexact(equality(operand[0]))
        : undefined;
    case '$exists':
      return isFalse(operand) ? inexact(equality(null)) : undefined;
    default:
      return undefined;
  }
}

function isOperators(value: unknown): boolean {
  return isDocument(value) && Object.keys(value as Document)[0]?.startsWith('$') === true;
}

const isFalse = (value: unknown) => value === false || (typeof value === 'object' && Number(value) === 0);

const inexact = (condition: Condition | undefined): Condition | undefined =>
  condition && { ...condition, exact: false };

function pointOf(value: unknown): Interval {
  const point = encodeValue(value);
  return { low: point, high: successor(point), point };
}

function equality(value: unknown): Condition | undefined {
  const type = typeOf(value);
  // An array matches as a whole or as an element; the index knows only elements.
  if (type === T.array || type === T.missing) return undefined;
  if (type === T.regex) return undefined;
  const scalar = type !== T.null && type !== T.object;
  return { intervals: [pointOf(value)], exact: scalar };
}

function membership(values: unknown[]): Condition | undefined {
  const intervals: Interval[] = [];
  let exact = true;
  for (const value of values) {
    const condition = typeOf(value) === T.regex ? regex(value) : equality(value);
    if (!condition) return undefined;
    intervals.push(...condition.intervals);
    exact &&= condition.exact;
  }
  return { intervals: normalise(intervals), exact };
}

const UNORDERED: ReadonlySet<number> = new Set([
  T.null,
  T.array,
  T.object,
  T.regex,
  T.minKey,
  T.maxKey,
  T.missing,
]);

function comparison(operator: string, value: unknown): Condition | undefined {
  const type = typeOf(value);
  if (UNORDERED.has(type) || (type === T.double && Number.isNaN(Number(value)))) return undefined;
  const encoded = encodeValue(value);
  const { low, high } = classRange(value);
  const interval: Interval =
    operator === '$gt'
      ? { low: successor(encoded), high: Buffer.from([high + 1]) }
      : operator === '$gte'
        ? { low: encoded, high: Buffer.from([high + 1]) }
        : operator === '$lt'
          ? { low: Buffer.from([low]), high: encoded }
          : { low: Buffer.from([low]), high: successor(encoded) };
  // Below a number the class also holds NaN, which matches nothing.
  const exact = low === high || operator.startsWith('$g');
  return { intervals: [interval], exact };
}

/** `/^literal/` is the interval of the strings that start with the literal. */
function regex(value: unknown, options?: unknown): Condition | undefined {
  const { pattern, options: own } =
    typeof value === 'string' ? { pattern: value, options: '' } : regexOf(value as BSONRegExp);
  const flags = typeof options === 'string' ? options : own;
  if (/[^su]/.test(flags) || !pattern.startsWith('^')) return undefined;
  const literal = /^[^\\^$.|?*+()[\]{}]*/.exec(pattern.slice(1))?.[0] ?? '';
  const rest = pattern.slice(1 + literal.length);
  // The last character may be optional or repeated; it is then not part of the prefix.
  const prefix = /^[?*{]/.test(rest) ? [...literal].slice(0, -1).join('') : literal;
  if (prefix === '' || rest.includes('|') || prefix.includes('\0')) return undefined;
  const low = encodeValue(prefix).subarray(0, -2);
  const intervals: Interval[] = [{ low, high: successor(low) }];
  const exact = rest === '';
  // A stored regular expression equal to the pattern matches too.
  if (typeof value !== 'string') intervals.push(pointOf(new BSONRegExp(pattern, flags)));
  return { intervals, exact };
}

/** Sorted, duplicates and overlaps joined. */
export function normalise(intervals: Interval[]): Interval[] {
  const sorted = [...intervals].sort(
    (a, b) => Buffer.compare(a.low, b.low) || Buffer.compare(a.high, b.high),
  );
  const joined: Interval[] = [];
  for (const interval of sorted) {
    const last = joined.at(-1);
    if (!last || Buffer.compare(last.high, interval.low) <= 0) {
      joined.push(interval);
    } else if (Buffer.compare(interval.high, last.high) > 0) {
      joined[joined.length - 1] = { low: last.low, high: interval.high };
    }
  }
  return joined;
}

/** What lies in both lists. */
export function intersect(a: Interval[], b: Interval[]): Interval[] {
  const both: Interval[] = [];
  for (const x of a) {
    for (const y of b) {
      const low = Buffer.compare(x.low, y.low) >= 0 ? x.low : y.low;
      const high = Buffer.compare(x.high, y.high) <= 0 ? x.high : y.high;
      if (Buffer.compare(low, high) >= 0) continue;
      const point = x.point ?? y.point;
      both.push({ low, high, ...(point && { point }) });
    }
  }
  return normalise(both);
}
