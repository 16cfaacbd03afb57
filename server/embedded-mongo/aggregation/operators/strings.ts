import { type BSONRegExp, type Document, Int32 } from 'bson';
import { MongoError } from '../../errors.ts';
import { compileRegex } from '../../query/regex.ts';
import { compareStrings, millisOf, textOf, toDouble } from '../../values/compare.ts';
import { isNumber, regexOf, T, typeName, typeOf } from '../../values/types.ts';
import { type Evaluate, type OperatorCompiler, type OperatorTable } from '../scope.ts';
import { numberText } from './conversions.ts';
import { binary, isNullish, named, operator, unary, variadic } from './operands.ts';

/** Text of a value where MongoDB coerces: null and missing are '', numbers and dates are written out. */
function coerce(name: string, value: unknown): string {
  if (isNullish(value)) return '';
  const type = typeOf(value);
  if (type === T.string || type === T.symbol) return textOf(value);
  if (isNumber(value)) return numberText(value);
  if (type === T.date) return new Date(millisOf(value as Date)).toISOString();
  throw new MongoError(16007, `can't convert from BSON type ${typeName(value)} to String in ${name}`);
}

function requireText(name: string, value: unknown, code: number): string {
  if (typeof value !== 'string') {
    throw new MongoError(code, `${name} requires a string argument, found: ${typeName(value)}`);
  }
  return value;
}

function requireWhole(name: string, what: string, value: unknown, code: number): number {
  const whole = isNumber(value) ? toDouble(value) : Number.NaN;
  if (!Number.isInteger(whole)) {
    throw new MongoError(code, `${name}: ${what} must be a whole number, not ${typeName(value)}`);
  }
  return whole;
}

const points = (text: string): string[] => Array.from(text);

/** MongoDB folds ASCII letters only here; upper and lower case of Cyrillic stay as they are. */
const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
const asciiUpper = (text: string): string => text.replace(/[a-z]+/g, (run) => run.toUpperCase());

function substring(name: string, unit: 'bytes' | 'points'): OperatorCompiler {
  return operator(name, 3, 3, (...operands) => {
    const [text, start, length] = operands as [Evaluate, Evaluate, Evaluate];
    return (frame) => {
      const source = coerce(name, text(frame));
      const from = requireWhole(name, 'starting index', start(frame), 34450);
      const count = requireWhole(name, 'length', length(frame), 34452);
      if (unit === 'points') {
        if (from < 0)
          throw new MongoError(34455, `${name}: the starting index must be non-negative integer.`);
        if (count < 0) throw new MongoError(34454, `${name}: length must be a nonnegative integer.`);
        return points(source)
          .slice(from, from + count)
          .join('');
      }
      if (from < 0)
        throw new MongoError(50752, `${name}:  starting index must be non-negative (got: ${from})`);
      const bytes = Buffer.from(source);
      const cut = bytes.subarray(from, count < 0 ? undefined : from + count);
      if (
        cut.length > 0 &&
        (((cut[0] as number) & 0xc0) === 0x80 || ((bytes[from + cut.length] ?? 0) & 0xc0) === 0x80)
      ) {
        throw new MongoError(
          28656,
          `${name}:  Invalid range, starting or ending index is a UTF-8 continuation byte.`,
        );
      }
      return cut.toString();
    };
  });
}

function indexOf(name: string, unit: 'bytes' | 'points'): OperatorCompiler {
  return operator(name, 2, 4, (...operands) => {
    const [text, search, start, end] = operands as [Evaluate, Evaluate, Evaluate?, Evaluate?];
    return (frame) => {
      const value = text(frame);
      if (isNullish(value)) return null;
      const source = requireText(name, value, 40091);
      const token = requireText(name, search(frame), 40092);
      const units = unit === 'points' ? points(source) : undefined;
      const length = units ? units.length : Buffer.byteLength(source);
      const from = start ? requireWhole(name, 'starting index', start(frame), 40096) : 0;
      const to = Math.min(end ? requireWhole(name, 'ending index', end(frame), 40096) : length, length);
      if (from < 0 || to < 0) throw new MongoError(40097, `${name} requires a nonnegative index`);
      if (from > to) return new Int32(-1);
      const window = units
        ? units.slice(from, to).join('')
        : Buffer.from(source).subarray(from, to).toString();
      const at = window.indexOf(token);
      if (at < 0) return new Int32(-1);
      const before = window.slice(0, at);
      return new Int32(from + (units ? points(before).length : Buffer.byteLength(before)));
    };
  });
}

function trim(name: string, left: boolean, right: boolean): OperatorCompiler {
  return named(name, ['input'], ['chars'], ({ input, chars }) => (frame) => {
    const value = (input as Evaluate)(frame);
    if (isNullish(value)) return null;
    const set = chars
      ? chars(frame)
      : ' \t\n\v\f\r\0\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';
    if (isNullish(set)) return null;
    const list = points(requireText(name, value, 50699));
    const drop = new Set(points(requireText(name, set, 50700)));
    let from = 0;
    let to = list.length;
    while (left && from < to && drop.has(list[from] as string)) from++;
    while (right && to > from && drop.has(list[to - 1] as string)) to--;
    return list.slice(from, to).join('');
  });
}

/** The three `$regex…` expressions differ in what they make of the matches. */
function regexOperator(
  name: string,
  all: boolean,
  result: (matches: Document[]) => unknown,
): OperatorCompiler {
  return named(name, ['input', 'regex'], ['options'], ({ input, regex, options }) => {
    let last: { key: string; compiled: RegExp } | undefined;
    return (frame) => {
      const text = (input as Evaluate)(frame);
      const pattern = (regex as Evaluate)(frame);
      const flags = options?.(frame);
      if (isNullish(text) || isNullish(pattern)) return result([]);
      const source = requireText(name, text, 51104);
      let expression: { pattern: string; options: string };
      if (typeof pattern === 'string') expression = { pattern, options: '' };
      else if (typeOf(pattern) === T.regex) expression = regexOf(pattern as BSONRegExp);
      else throw new MongoError(51105, `${name} needs 'regex' to be of type string or regex`);
      if (!isNullish(flags)) {
        if (typeof flags !== 'string')
          throw new MongoError(51106, `${name} needs 'options' to be of type string`);
        if (expression.options)
          throw new MongoError(
            51107,
            `${name}: found regex options specified in both 'regex' and 'options' fields`,
          );
        expression = { ...expression, options: flags };
      }
      const key = `${expression.options}/${expression.pattern}`;
      if (last?.key !== key) last = { key, compiled: compileRegex(expression.pattern, expression.options) };
      return result(matchesOf(source, last.compiled, all));
    };
  });
}

function matchesOf(source: string, regex: RegExp, all: boolean): Document[] {
  const global = new RegExp(regex.source, `${regex.flags}g`);
  const found: Document[] = [];
  for (const match of source.matchAll(global)) {
    found.push({
      match: match[0],
      idx: new Int32(points(source.slice(0, match.index)).length),
      captures: match.slice(1).map((capture) => capture ?? null),
    });
    if (!all) break;
  }
  return found;
}

function replace(name: string, all: boolean): OperatorCompiler {
  return named(name, ['input', 'find', 'replacement'], [], ({ input, find, replacement }) => (frame) => {
    const values = [input, find, replacement].map((operand) => (operand as Evaluate)(frame));
    if (values.some(isNullish)) return null;
    const [text, from, to] = values.map((value) => requireText(name, value, 51746)) as [
      string,
      string,
      string,
    ];
    if (all) return text.split(from).join(to);
    const at = text.indexOf(from);
    return at < 0 ? text : text.slice(0, at) + to + text.slice(at + from.length);
  });
}

/** Text. */
export const strings: OperatorTable = {
  $concat: variadic('$concat', (values) => {
    if (values.some(isNullish)) return null;
    for (const value of values) {
      if (typeof value !== 'string') {
        throw new MongoError(16702, `$concat only supports strings, not ${typeName(value)}`);
      }
    }
    return values.join('');
  }),
  $toLower: unary('$toLower', (value) => asciiLower(coerce('$toLower', value))),
  $toUpper: unary('$toUpper', (value) => asciiUpper(coerce('$toUpper', value))),
  $strcasecmp: binary('$strcasecmp', (a, b) => {
    const [x, y] = [asciiUpper(coerce('$strcasecmp', a)), asciiUpper(coerce('$strcasecmp', b))];
    return new Int32(compareStrings(x, y));
  }),
  $strLenBytes: unary(
    '$strLenBytes',
    (v) => new Int32(Buffer.byteLength(requireText('$strLenBytes', v, 34473))),
  ),
  $strLenCP: unary('$strLenCP', (value) => new Int32(points(requireText('$strLenCP', value, 34471)).length)),
  $substr: substring('$substr', 'bytes'),
  $substrBytes: substring('$substrBytes', 'bytes'),
  $substrCP: substring('$substrCP', 'points'),
  $indexOfBytes: indexOf('$indexOfBytes', 'bytes'),
  $indexOfCP: indexOf('$indexOfCP', 'points'),
  $split: binary('$split', (text, separator) => {
    if (isNullish(text) || isNullish(separator)) return null;
    const source = requireText('$split', text, 40085);
    const token = requireText('$split', separator, 40086);
    if (token === '') throw new MongoError(40087, '$split requires a non-empty separator');
    return source.split(token);
  }),
  $trim: trim('$trim', true, true),
  $ltrim: trim('$ltrim', true, false),
  $rtrim: trim('$rtrim', false, true),
  $replaceOne: replace('$replaceOne', false),
  $replaceAll: replace('$replaceAll', true),
  $regexMatch: regexOperator('$regexMatch', false, (matches) => matches.length > 0),
  $regexFind: regexOperator('$regexFind', false, (matches) => matches[0] ?? null),
  $regexFindAll: regexOperator('$regexFindAll', true, (matches) => matches),
};
