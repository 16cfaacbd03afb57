/**
 * Work on BSON bytes without decoding them: documents are kept as received, and most of them pass through the
 * store untouched. Layout: https://bsonspec.org/spec.html (length int32, elements `type name\0 value`, 0x00).
 */
import { type Document, deserialize, ObjectId, serialize } from 'bson';
import { MongoError } from '../errors.ts';
import { setField } from '../values/types.ts';

/** One top-level element: its type byte, its name, and where element, value and end stand in the bytes. */
export interface Element {
  type: number;
  name: string;
  start: number;
  value: number;
  end: number;
}

const DECODE = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

const damaged = () => new MongoError(22, 'invalid BSON');

/** Decodes in the form that the engine works on: every number, date and regular expression keeps its BSON type. */
export const decode = (bytes: Uint8Array): Document => deserialize(bytes, DECODE);
/** Encodes a document of the engine. */
export function encode(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Where a value of the given type ends. */
function valueEnd(bytes: Buffer, type: number, at: number): number {
  switch (type) {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      return at + 8;
    case 0x02:
    case 0x0d:
    case 0x0e:
      return at + 4 + bytes.readInt32LE(at);
    case 0x03:
    case 0x04:
    case 0x0f:
      return at + bytes.readInt32LE(at);
    case 0x05:
      return at + 5 + bytes.readInt32LE(at);
    case 0x06:
    case 0x0a:
    case 0xff:
    case 0x7f:
      return at;
    case 0x07:
      return at + 12;
    case 0x08:
      return at + 1;
    case 0x0b:
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1;
    case 0x0c:
      return at + 4 + bytes.readInt32LE(at) + 12;
    case 0x10:
      return at + 4;
    case 0x13:
      return at + 16;
    default:
      throw damaged();
  }
}

/** The top-level elements of a document or array, from one of them on. */
export function* elements(bytes: Buffer, from = 4): Generator<Element> {
  for (let at = from; at < bytes.length - 1; ) {
    const { name, value } = nameOf(bytes, at);
    const end = elementEnd(bytes, at);
    yield { type: bytes[at] as number, name, start: at, value, end };
    at = end;
  }
}

/** The name of an element, and where its value begins. */
function nameOf(bytes: Buffer, start: number): { name: string; value: number } {
  const end = bytes.indexOf(0, start + 1);
  return { name: bytes.toString('utf8', start + 1, end), value: end + 1 };
}

/** Where the element that begins at a place ends. */
function elementEnd(bytes: Buffer, start: number): number {
  const last = bytes.length - 1;
  let nameEnd = start + 1;
  while (bytes[nameEnd] !== 0) if (++nameEnd >= last) throw damaged();
  const end = valueEnd(bytes, bytes[start] as number, nameEnd + 1);
  if (end > last || end <= nameEnd) throw damaged();
  return end;
}

/** Picks top-level fields out of documents without decoding anything else, names included. */
export class FieldPicker {
  readonly #names: Buffer[];

  constructor(names: Iterable<string>) {
    this.#names = [...names].map((name) => Buffer.from(name));
  }

  /** A document of those fields only; their order is kept. */
  pick(bytes: Buffer): Buffer {
    const found = this.#find(bytes);
    const parts: Buffer[] = [];
    for (let i = 0; i < found.length; i += 2) parts.push(bytes.subarray(found[i], found[i + 1]));
    return assemble(parts, sizeOf(parts));
  }

  /**
   * Those fields, decoded. Lists of strings, such as the words of a search, are most of what filters look at, and are
   * read here several times quicker than by the codec.
   */
  decode(bytes: Buffer): Document {
    const found = this.#find(bytes);
    const lists: [name: string, strings: string[]][] = [];
    const parts: Buffer[] = [];
    for (let i = 0; i < found.length; i += 2) {
      const start = found[i] as number;
      const nameEnd = bytes.indexOf(0, start + 1);
      const strings = bytes[start] === 0x04 ? stringsOf(bytes, nameEnd + 1) : undefined;
      if (strings) lists.push([bytes.toString('utf8', start + 1, nameEnd), strings]);
      else parts.push(bytes.subarray(start, found[i + 1]));
    }
    const document = parts.length === 0 ? {} : decode(assemble(parts, sizeOf(parts)));
    for (const [name, strings] of lists) setField(document, name, strings);
    return document;
  }

  /** A document of all other fields. */
  omit(bytes: Buffer): Buffer {
    const found = this.#find(bytes);
    if (found.length === 0) return bytes;
    const bounds = [4, ...found, bytes.length - 1];
    const parts: Buffer[] = [];
    for (let i = 0; i < bounds.length; i += 2) parts.push(bytes.subarray(bounds[i], bounds[i + 1]));
    return assemble(parts, sizeOf(parts));
  }

  /** Where each of the fields begins and ends. */
  #find(bytes: Buffer): number[] {
    const found: number[] = [];
    const end = bytes.length - 1;
    let at = 4;
    while (at < end) {
      const start = at;
      let nameEnd = at + 1;
      while (bytes[nameEnd] !== 0) {
        if (++nameEnd >= end) throw damaged();
      }
      at = valueEnd(bytes, bytes[start] as number, nameEnd + 1);
      if (at > end || at <= nameEnd) throw damaged();
      if (!this.#wants(bytes, start + 1, nameEnd)) continue;
      found.push(start, at);
      if (found.length === this.#names.length * 2) break;
    }
    return found;
  }

  #wants(bytes: Buffer, from: number, to: number): boolean {
    next: for (const name of this.#names) {
      if (name.length !== to - from) continue;
      for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) continue next;
      return true;
    }
    return false;
  }
}

/** The elements of an array at a place when all of them are strings; undefined: they are not. */
function stringsOf(bytes: Buffer, from: number): string[] | undefined {
  const end = from + bytes.readInt32LE(from) - 1;
  const strings: string[] = [];
  let at = from + 4;
  while (at < end) {
    if (bytes[at] !== 0x02) return undefined;
    while (bytes[++at] !== 0) if (at >= end) throw damaged();
    const start = at + 5;
    at = start + bytes.readInt32LE(at + 1);
    if (at > end || at <= start) throw damaged();
    strings.push(bytes.toString('utf8', start, at - 1));
  }
  return strings;
}

/** Names of the top-level fields whose bytes differ between two documents. */
export function changedFields(before: Buffer, after: Buffer): Set<string> {
  const changed = new Set<string>();
  let [was, is] = [4, 4];
  // Most changes leave the fields in their order, and are compared where they stand.
  while (was < before.length - 1 && is < after.length - 1) {
    const [wasEnd, isEnd] = [elementEnd(before, was), elementEnd(after, is)];
    if (before.compare(after, is, isEnd, was, wasEnd) !== 0) {
      const { name } = nameOf(after, is);
      if (nameOf(before, was).name !== name) break;
      changed.add(name);
    }
    [was, is] = [wasEnd, isEnd];
  }
  const old = new Map([...elements(before, was)].map((element) => [element.name, element]));
  for (const { name, start, end } of elements(after, is)) {
    const one = old.get(name);
    if (!one || before.compare(after, start, end, one.start, one.end) !== 0) changed.add(name);
    old.delete(name);
  }
  for (const name of old.keys()) changed.add(name);
  return changed;
}

/** The bytes of each document in an array. */
export function documentsOfArray(array: Buffer): Buffer[] {
  const documents: Buffer[] = [];
  for (const { type, value, end } of elements(array)) {
    if (type !== 0x03) throw new MongoError('TypeMismatch', 'the array must contain documents only');
    documents.push(array.subarray(value, end));
  }
  return documents;
}

/** A document with `_id` as its first field, as MongoDB stores it; a missing `_id` becomes a new ObjectId. */
export function withLeadingId(bytes: Buffer): Buffer {
  if (bytes.length > 8 && bytes[5] === 0x5f && bytes[6] === 0x69 && bytes[7] === 0x64 && bytes[8] === 0)
    return bytes;
  for (const { name, start, end } of elements(bytes)) {
    if (name !== '_id') continue;
    return assemble(
      [bytes.subarray(start, end), bytes.subarray(4, start), bytes.subarray(end, -1)],
      bytes.length,
    );
  }
  const id = Buffer.from(serialize({ _id: new ObjectId() })).subarray(4, -1);
  return assemble([id, bytes.subarray(4, -1)], bytes.length + id.length);
}

const sizeOf = (parts: Buffer[]): number => parts.reduce((sum, part) => sum + part.length, 5);

function assemble(parts: Buffer[], size: number): Buffer {
  const document = Buffer.allocUnsafe(size);
  document.writeInt32LE(size, 0);
  let at = 4;
  for (const part of parts) at += part.copy(document, at);
  document[at] = 0;
  return document;
}

/** The fields of one encoded document, then those of another. */
export function joinDocuments(first: Buffer, second: Buffer): Buffer {
  return assemble([first.subarray(4, -1), second.subarray(4, -1)], first.length + second.length - 5);
}

/**
 * A document `{[name]: {…fields, [list]: [documents]}, …rest}` around encoded documents, which are copied once: they
 * may be many megabytes.
 */
export function wrapArray(
  name: string,
  fields: Buffer,
  list: string,
  documents: readonly Buffer[],
  rest: Buffer,
): Buffer {
  let arraySize = 5;
  documents.forEach((document, index) => {
    arraySize += 2 + String(index).length + document.length;
  });
  const innerSize = fields.length + 2 + list.length + arraySize;
  const whole = Buffer.allocUnsafe(rest.length + 2 + name.length + innerSize);
  whole.writeInt32LE(whole.length, 0);
  let at = writeHead(whole, 4, 0x03, name);
  whole.writeInt32LE(innerSize, at);
  at += 4;
  at += fields.copy(whole, at, 4, fields.length - 1);
  at = writeHead(whole, at, 0x04, list);
  whole.writeInt32LE(arraySize, at);
  at += 4;
  documents.forEach((document, index) => {
    at = writeHead(whole, at, 0x03, String(index));
    whole.set(document, at);
    at += document.length;
  });
  whole[at++] = 0;
  whole[at++] = 0;
  rest.copy(whole, at, 4);
  return whole;
}

/** Type and name of an element; names here are ASCII. @returns where its value begins */
function writeHead(bytes: Buffer, at: number, type: number, name: string): number {
  bytes[at++] = type;
  for (let i = 0; i < name.length; i++) bytes[at++] = name.charCodeAt(i);
  bytes[at++] = 0;
  return at;
}

/** The fields of an encoded document, then whole documents under their names. */
export function appendDocuments(first: Buffer, named: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = [first.subarray(4, -1)];
  for (const [name, document] of named) parts.push(Buffer.from(`\x03${name}\0`), document);
  return assemble(parts, sizeOf(parts));
}
