import { isDate, isRegExp, isUint8Array } from 'node:util/types';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { unsupported } from '../errors.ts';

/** BSON type numbers as `$type` knows them; `missing` stands for a field that is not there. */
export const T = {
  missing: 0,
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  int: 16,
  timestamp: 17,
  long: 18,
  minKey: -1,
  maxKey: 127,
} as const;

export type BsonType = (typeof T)[keyof typeof T];

/** MongoDB's alias of each type, as `$type` accepts and answers it. */
const aliases: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};
const aliasOfType = new Map<number, string>(Object.entries(aliases).map(([alias, type]) => [type, alias]));
aliasOfType.set(T.missing, 'missing');

/** Type number of an alias such as `objectId`; undefined when there is none. `number` is not a single type. */
export const typeOfAlias = (alias: string): number | undefined =>
  Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
/** True for a number that names a BSON type. */
export const isTypeNumber = (type: number): boolean => type !== T.missing && aliasOfType.has(type);
/** Alias of the type of a value; `missing` for undefined. */
export const typeName = (value: unknown): string => aliasOfType.get(typeOf(value)) ?? 'missing';

// The prototype decides, never a field: a stored document may own a field `_bsontype` or `constructor`.
const typeOfPrototype = new Map<object | null, BsonType>([
  [null, T.object],
  [Object.prototype, T.object],
  [Array.prototype, T.array],
  [Date.prototype, T.date],
  [RegExp.prototype, T.regex],
  [Int32.prototype, T.int],
  [Double.prototype, T.double],
  [Long.prototype, T.long],
  [ObjectId.prototype, T.objectId],
  [Binary.prototype, T.binary],
  [UUID.prototype, T.binary],
  [Buffer.prototype, T.binary],
  [Uint8Array.prototype, T.binary],
  [Timestamp.prototype, T.timestamp],
  [BSONRegExp.prototype, T.regex],
  [DBRef.prototype, T.object],
  [MinKey.prototype, T.minKey],
  [MaxKey.prototype, T.maxKey],
]);

/** The BSON type of a value in memory; plain JS numbers are int or double as the codec would write them. */
export function typeOf(value: unknown): BsonType {
  switch (typeof value) {
    case 'undefined':
      return T.missing;
    case 'string':
      return T.string;
    case 'boolean':
      return T.bool;
    case 'number':
      return Number.isInteger(value) && value === (value | 0) && !Object.is(value, -0) ? T.int : T.double;
    case 'bigint':
      return T.long;
    case 'object': {
      if (value === null) return T.null;
      return typeOfPrototype.get(Object.getPrototypeOf(value)) ?? typeOfStranger(value);
    }
    default:
      return T.missing;
  }
}

/** Objects of another realm or of a subclass: rare, so asked one by one. @throws MongoError 238 */
function typeOfStranger(value: object): BsonType {
  if (Array.isArray(value)) return T.array;
  if (isDate(value)) return T.date;
  if (isRegExp(value)) return T.regex;
  if (isUint8Array(value)) return T.binary;
  if (value instanceof Decimal128) throw unsupported('the type decimal');
  if (value instanceof Code || value instanceof BSONSymbol) throw unsupported('the type of code and symbols');
  for (const [prototype, type] of typeOfPrototype) {
    if (prototype && prototype !== Object.prototype && Object.hasOwn(prototype, '_bsontype')) {
      if (Object.prototype.isPrototypeOf.call(prototype, value)) return type;
    }
  }
  return T.object;
}

/**
 * Rank of a type in MongoDB's comparison order (`canonicalizeBSONType`): all numbers share one. An absent value ranks below null; that is also where an index keeps an empty array.
 */
export function classOf(type: BsonType): number {
  switch (type) {
    case T.minKey:
      return -1;
    case T.missing:
      return 0;
    case T.null:
      return 5;
    case T.int:
    case T.double:
    case T.long:
      return 10;
    case T.string:
      return 15;
    case T.object:
      return 20;
    case T.array:
      return 25;
    case T.binary:
      return 30;
    case T.objectId:
      return 35;
    case T.bool:
      return 40;
    case T.date:
      return 45;
    case T.timestamp:
      return 47;
    case T.regex:
      return 50;
    case T.maxKey:
      return 127;
  }
}

/** True for an embedded document (not for arrays and not for values such as dates and ids). */
export const isDocument = (value: unknown): value is Document => typeOf(value) === T.object;
/** True for any of the three number types, and for JS numbers. */
export const isNumber = (value: unknown): boolean => classOf(typeOf(value)) === 10;

/** Fields of an embedded document; the codec turns `{$ref,$id}` into a DBRef, which is a document too. */
export function fieldsOf(value: Document): Document {
  return value instanceof DBRef ? (value.toJSON() as unknown as Document) : value;
}

/** Own field of a document, undefined if it has none. Never reaches the prototype. */
export function getField(document: Document, name: string): unknown {
  const fields = document instanceof DBRef ? fieldsOf(document) : document;
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Sets an own field, also one that is called `__proto__`. */
export function setField(document: Document, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(document, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    document[name] = value;
  }
}

/** Shallow copy that keeps own fields only, in order. */
export function copyDocument(document: Document): Document {
  const source = fieldsOf(document);
  const copy: Document = {};
  for (const name of Object.keys(source)) setField(copy, name, source[name]);
  return copy;
}

/** Bytes of a binary value. */
export const bytesOf = (value: Binary | Uint8Array): Uint8Array =>
  value instanceof Binary ? value.buffer.subarray(0, value.position) : value;
/** Binary subtype; plain buffers are generic. */
export const subtypeOf = (value: Binary | Uint8Array): number =>
  value instanceof Binary ? value.sub_type : 0;

/** Pattern and sorted options of a regular expression of either representation. */
export function regexOf(value: BSONRegExp | RegExp): { pattern: string; options: string } {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  const options = [...value.flags]
    .map((flag) => (flag === 'g' ? 's' : flag))
    .filter((f) => 'imsux'.includes(f));
  return { pattern: value.source, options: [...new Set(options)].sort().join('') };
}
