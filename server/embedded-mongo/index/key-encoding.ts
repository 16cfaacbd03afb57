import { type Binary, type BSONRegExp, type Document, type ObjectId, type Timestamp } from 'bson';
import { MongoError } from '../errors.ts';
import { exactOf, millisOf } from '../values/compare.ts';
import { arrayIndex, splitPath } from '../values/paths.ts';
import {
  bytesOf,
  classOf,
  fieldsOf,
  getField,
  isDocument,
  regexOf,
  subtypeOf,
  typeOf,
} from '../values/types.ts';

/**
 * Order-preserving keys: for equal directions `Buffer.compare` of two keys is the order of `compareValues`
 * field by field. Every value is prefix-free, so the encoding of the first fields of a compound key is a prefix
 * of exactly the keys that share those values. A value starts with the byte of its class; numbers use four of
 * them (NaN, negative, zero, positive). No value starts with 0x00 or 0xff, in either direction, so a prefix
 * followed by 0xff is above all keys of that prefix.
 */
const classByte: Record<number, number> = {
  [-1]: 0x02, // MinKey
  0: 0x05, // absent: stands for an empty array in an index
  5: 0x06, // null
  15: 0x14, // string
  20: 0x1a,
  25: 0x1f,
  30: 0x24,
  35: 0x29,
  40: 0x2e,
  45: 0x33,
  47: 0x38,
  50: 0x3d,
  127: 0xf0, // MaxKey
};
const NAN = 0x0a;
const NEGATIVE = 0x0b;
const ZERO = 0x0c;
const POSITIVE = 0x0d;
const END = 0x00;

/** A growing byte buffer. One is reused by all calls, which never nest. */
class Bytes {
  private buffer = Buffer.allocUnsafe(1024);
  length = 0;

  byte(value: number): void {
    if (this.length >= this.buffer.length) this.grow(1);
    this.buffer[this.length++] = value;
  }

  bytes(source: Uint8Array): void {
    this.grow(source.length);
    this.buffer.set(source, this.length);
    this.length += source.length;
  }

  uint32(value: number): void {
    this.grow(4);
    this.length = this.buffer.writeUInt32BE(value, this.length);
  }

  double(value: number): void {
    this.grow(8);
    this.length = this.buffer.writeDoubleBE(value, this.length);
  }

  int64(value: bigint): void {
    this.grow(8);
    this.length = this.buffer.writeBigUInt64BE(BigInt.asUintN(64, value ^ (1n << 63n)), this.length);
  }

  /** UTF-8, zero bytes escaped, ended by two zero bytes: order and prefix-freedom both hold. */
  text(value: string): void {
    const space = value.length * 3 + 2;
    this.grow(space);
    const start = this.length;
    this.length += this.buffer.write(value, start, 'utf8');
    if (value.includes('\0')) {
      const raw = Buffer.from(this.buffer.subarray(start, this.length));
      this.length = start;
      for (const byte of raw) {
        this.byte(byte);
        if (byte === 0) this.byte(0xff);
      }
    }
    this.byte(0);
    this.byte(0);
  }

  invert(from: number): void {
    for (let i = from; i < this.length; i++) this.buffer[i] = ~(this.buffer[i] as number) & 0xff;
  }

  take(): Buffer {
    const result = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    if (this.buffer.length > 65536) this.buffer = Buffer.allocUnsafe(1024);
    return result;
  }

  private grow(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + more));
    bigger.set(this.buffer.subarray(0, this.length));
    this.buffer = bigger;
  }
}

const out = new Bytes();

/**
 * Key of several values, each in its direction; missing directions count as ascending.
 * @param tail the encoded rest of the key, which stands behind the values
 */
export function encodeKey(
  values: readonly unknown[],
  directions: readonly (1 | -1)[],
  tail?: Buffer,
): Buffer {
  out.length = 0;
  for (let i = 0; i < values.length; i++) {
    const start = out.length;
    writeValue(out, values[i]);
    if (directions[i] === -1) out.invert(start);
  }
  if (tail) out.bytes(tail);
  return out.take();
}

/** Ascending encoding of one value. */
export const encodeValue = (value: unknown): Buffer => encodeKey([value], []);

/**
 * First bytes between which all values of the class of `value` lie, ascending and inclusive: the bounds that
 * type bracketing gives to `$gt` and its like. Invert both (`~byte & 0xff`, and swap) for a descending field.
 */
export function classRange(value: unknown): { low: number; high: number } {
  const rank = classOf(typeOf(value));
  if (rank === 10) return { low: NAN, high: POSITIVE };
  const byte = classByte[rank] as number;
  return { low: byte, high: byte };
}

function writeValue(to: Bytes, value: unknown): void {
  const rank = classOf(typeOf(value));
  if (rank === 10) {
    writeNumber(to, value);
    return;
  }
  to.byte(classByte[rank] as number);
  switch (rank) {
    case 15:
      to.text(value as string);
      break;
    case 20:
      writeDocument(to, value as Document);
      break;
    case 25:
      for (const item of value as unknown[]) writeValue(to, item);
      to.byte(END);
      break;
    case 30: {
      const bytes = bytesOf(value as Binary);
      to.uint32(bytes.length);
      to.byte(subtypeOf(value as Binary));
      to.bytes(bytes);
      break;
    }
    case 35:
      to.bytes((value as ObjectId).id);
      break;
    case 40:
      to.byte(value ? 1 : 0);
      break;
    case 45:
      to.int64(BigInt(millisOf(value as Date)));
      break;
    case 47:
      to.uint32((value as Timestamp).high >>> 0);
      to.uint32((value as Timestamp).low >>> 0);
      break;
    case 50: {
      const { pattern, options } = regexOf(value as BSONRegExp);
      to.text(pattern);
      to.text(options);
      break;
    }
    default: // null, absent, MinKey, MaxKey: the class says it all
  }
}

function writeDocument(to: Bytes, document: Document): void {
  const fields = fieldsOf(document);
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === undefined) continue;
    // Documents compare by class of the value, then name, then value; +2 keeps MinKey above END.
    to.byte(classOf(typeOf(value)) + 2);
    to.text(name);
    writeValue(to, value);
  }
  to.byte(END);
}

/**
 * Magnitude as the largest double not above it, then the exact rest (0x00 if none), so that a Long beyond 2^53 finds its
 * place between two doubles. Negative numbers are the inverse of their magnitude.
 */
function writeNumber(to: Bytes, value: unknown): void {
  const exact = exactOf(value);
  if (!exact) {
    to.byte(exact === 0 ? ZERO : NAN);
    return;
  }
  const isNegative = exact < 0;
  const start = to.length + 1;
  to.byte(isNegative ? NEGATIVE : POSITIVE);
  if (typeof exact === 'number') to.double(Math.abs(exact));
  else writeBig(to, isNegative ? -exact : exact);
  to.byte(END);
  if (isNegative) to.invert(start);
}

const scratch = new DataView(new ArrayBuffer(8));

function writeBig(to: Bytes, magnitude: bigint): void {
  let floor = Number(magnitude);
  if (BigInt(floor) > magnitude) {
    scratch.setFloat64(0, floor);
    scratch.setBigUint64(0, scratch.getBigUint64(0) - 1n);
    floor = scratch.getFloat64(0);
  }
  to.double(floor);
  const rest = magnitude - BigInt(floor);
  if (rest === 0n) return;
  // 0.d₁d₂d₃… × 10^power orders by power, then by digits.
  const digits = rest.toString();
  const power = digits.length + 0x8000;
  to.byte(0x01);
  to.byte(power >> 8);
  to.byte(power & 0xff);
  for (const digit of digits.replace(/(?<!0)0+$/, '')) to.byte(Number(digit) + 1);
}

const patterns = new WeakMap<Document, string[][]>();

/** The path of each field of a key pattern. */
function pathsOfPattern(pattern: Document): string[][] {
  let paths = patterns.get(pattern);
  if (!paths) {
    paths = Object.keys(pattern).map(splitPath);
    patterns.set(pattern, paths);
  }
  return paths;
}

/**
 * Index entries of a document: one list of values per entry, in the order of the key pattern. An array gives an
 * entry for each element (duplicates are kept), an empty array gives undefined, a missing field null.
 * @throws 171 if two fields of the pattern run through different arrays of the document.
 */
export function keysForDocument(document: Document, keyPattern: Document): unknown[][] {
  const paths = pathsOfPattern(keyPattern);
  const plain = plainValues(document, paths);
  if (plain) return [plain];
  const entries: unknown[][] = [];
  const cursors: Cursor[] = paths.map((parts) => ({ at: document, next: 0, parts, done: false }));
  expand(cursors, entries);
  return entries;
}

/** The values of paths that meet no array; undefined if one does. */
export function plainValues(document: Document, paths: readonly string[][]): unknown[] | undefined {
  const values = paths.map((parts) => valueAt(document, parts));
  return values.some((value) => value === MIXED || Array.isArray(value)) ? undefined : values;
}

/** The values of one path, of which each is an entry; undefined if an array stands on the way to them. */
export function leadingValues(document: Document, parts: readonly string[]): unknown[] | undefined {
  const at = valueAt(document, parts);
  if (at === MIXED) return undefined;
  if (!Array.isArray(at)) return [at];
  return at.length === 0 ? [undefined] : at.map((element) => element ?? null);
}

const MIXED = Symbol('through an array');

function valueAt(document: Document, parts: readonly string[]): unknown {
  let at: unknown = document;
  for (const part of parts) {
    if (Array.isArray(at)) return MIXED;
    at = isDocument(at) ? getField(at, part) : undefined;
  }
  return at ?? null;
}

/** Where a field's path stands: at a value (`done`), or before a part of the path. */
interface Cursor {
  at: unknown;
  next: number;
  parts: string[];
  done: boolean;
}

const nameOf = (cursor?: Cursor): string | undefined => cursor?.parts.join('.');

function expand(cursors: Cursor[], entries: unknown[][]): void {
  let array: unknown[] | undefined;
  let arrayField = 0;
  const walked = cursors.map((cursor, i) => {
    const stop = cursor.done ? cursor : walk(cursor);
    if (!stop.done) {
      if (array && array !== stop.at) {
        throw new MongoError(
          'CannotIndexParallelArrays',
          `cannot index parallel arrays [${nameOf(cursors[i])}] [${nameOf(cursors[arrayField])}]`,
        );
      }
      array = stop.at as unknown[];
      arrayField = i;
    }
    return stop;
  });
  if (!array) {
    entries.push(walked.map((stop) => stop.at));
    return;
  }
  if (array.length === 0) {
    entries.push(
      walked.map((stop) => (stop.done ? stop.at : stop.next === stop.parts.length ? undefined : null)),
    );
    return;
  }
  for (const element of array) {
    const inside = walked.map((stop): Cursor => {
      if (stop.done) return stop;
      // An array inside the array is a value of its own; nothing below it is indexed.
      if (stop.next === stop.parts.length) return { ...stop, at: element ?? null, done: true };
      if (!isDocument(element)) return { ...stop, at: null, done: true };
      return { ...stop, at: element };
    });
    expand(inside, entries);
  }
}

/** Goes down to the value of the path, or to the first array on the way that has to be expanded. */
function walk(cursor: Cursor): Cursor {
  const { parts } = cursor;
  let { at, next } = cursor;
  while (next < parts.length) {
    if (!isDocument(at)) return { at: null, next, parts, done: true };
    at = getField(at, parts[next++] as string);
    while (Array.isArray(at)) {
      const index = next < parts.length ? arrayIndex(parts[next] as string) : -1;
      // A numeric part names one element; only if there is none is the array expanded.
      if (index < 0 || index >= at.length) return { at, next, parts, done: false };
      at = at[index];
      next++;
      if (next === parts.length) return { at: at ?? null, next, parts, done: true };
    }
  }
  return { at: at ?? null, next, parts, done: true };
}
