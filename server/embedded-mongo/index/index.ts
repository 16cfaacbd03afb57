import { createHash } from 'node:crypto';
import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { indexKey, MAX_KEY_BYTES, RECORD_ID_BYTES } from '../storage/keys.ts';
import { splitPath } from '../values/paths.ts';
import { getField, isDocument } from '../values/types.ts';
import { encodeKey, keysForDocument, leadingValues, plainValues } from './key-encoding.ts';

/** An index as the catalog keeps it. `multikey[i]` is set for ever once field i met an array. */
export interface IndexSpec {
  id: number;
  name: string;
  key: Document;
  unique: boolean;
  partialFilterExpression?: Document;
  expireAfterSeconds?: number;
  multikey: boolean[];
  /** False while existing documents are still being indexed; nothing reads such an index. */
  ready: boolean;
}

/** Encoded values longer than this are cut; a hash of the rest keeps equality exact. */
export const CUT_BYTES = MAX_KEY_BYTES - 5 - RECORD_ID_BYTES - 48;

/** One index of one collection: which keys a document has in it. */
export class Index {
  readonly spec: IndexSpec;
  readonly paths: string[];
  readonly directions: (1 | -1)[];
  /** Top-level fields that the keys and the partial filter depend on. */
  readonly fields: ReadonlySet<string>;
  readonly #parts: string[][];
  /** The fields behind the first, with their directions. */
  readonly #rest: string;
  readonly #accepts: ((document: Document) => boolean) | undefined;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    this.paths = Object.keys(spec.key);
    this.directions = this.paths.map((path) => (Number(spec.key[path]) < 0 ? -1 : 1));
    this.#parts = this.paths.map(splitPath);
    this.#rest = this.paths
      .slice(1)
      .map((path, i) => `${path} ${this.directions[i + 1]}`)
      .join();
    const fields = new Set(this.#parts.map((parts) => parts[0] as string));
    if (spec.partialFilterExpression) {
      this.#accepts = compileFilter(spec.partialFilterExpression);
      fieldsOfFilter(spec.partialFilterExpression, fields);
    }
    this.fields = fields;
  }

  get name(): string {
    return this.spec.name;
  }

  /**
   * The encoded values of a document's entries, without duplicates; empty when the index does not hold it.
   * @param tails what is encoded of this document already: many indexes end alike
   * @throws MongoError 171 for parallel arrays
   */
  encodedKeys(document: Document, tails = new Map<string, Buffer>()): Buffer[] {
    if (this.#accepts && !this.#accepts(document)) return [];
    const tail = this.#tailOf(document, tails);
    const heads = tail && leadingValues(document, this.#parts[0] as string[]);
    const encoded = heads
      ? heads.map((head) => encodeKey([head], this.directions, tail))
      : keysForDocument(document, this.spec.key).map((entry) => encodeKey(entry, this.directions));
    if (encoded.length === 1) return [cutKey(encoded[0] as Buffer)];
    const seen = new Set<string>();
    return encoded.flatMap((key) => {
      const text = key.toString('latin1', 0, key.length - (heads && tail ? tail.length : 0));
      if (seen.has(text)) return [];
      seen.add(text);
      return [cutKey(key)];
    });
  }

  /** The encoded values behind the first, such as a date and an id; undefined where one of them meets an array. */
  #tailOf(document: Document, tails: Map<string, Buffer>): Buffer | undefined {
    const known = tails.get(this.#rest);
    if (known) return known;
    const values = plainValues(document, this.#parts.slice(1));
    if (!values) return undefined;
    const tail = encodeKey(values, this.directions.slice(1));
    tails.set(this.#rest, tail);
    return tail;
  }

  /** The full key under which an entry stands; a unique index keeps the record in the value. */
  keyOf(encoded: Buffer, record: number): Buffer {
    return indexKey(this.spec.id, encoded, this.spec.unique ? undefined : record);
  }

  recordOf(key: Buffer, value: Buffer): number {
    return this.spec.unique
      ? value.readUIntBE(0, RECORD_ID_BYTES)
      : key.readUIntBE(key.length - RECORD_ID_BYTES, RECORD_ID_BYTES);
  }

  /** Which fields of the pattern meet an array in the document and were not known to do so. */
  newlyMultikey(document: Document): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.#parts.length; i++) {
      if (!this.spec.multikey[i] && crossesArray(document, this.#parts[i] as string[])) found.push(i);
    }
    return found;
  }

  get isMultikey(): boolean {
    return this.spec.multikey.includes(true);
  }

  /** Error 11000 as MongoDB words it. */
  duplicate(namespace: string, document: Document): MongoError {
    const values = keysForDocument(document, this.spec.key)[0] ?? [];
    const keyValue: Document = {};
    this.paths.forEach((path, i) => {
      keyValue[path] = values[i] ?? null;
    });
    const shown = this.paths.map((path) => `${path}: ${show(keyValue[path])}`).join(', ');
    return new MongoError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${namespace} index: ${this.name} dup key: { ${shown} }`,
      { keyPattern: this.spec.key, keyValue },
    );
  }
}

export function cutKey(encoded: Buffer): Buffer {
  if (encoded.length <= CUT_BYTES + 33) return encoded;
  // 0xff never starts a value, so a cut key stands behind all whole keys of its prefix.
  const hash = createHash('sha256').update(encoded).digest();
  return Buffer.concat([encoded.subarray(0, CUT_BYTES), Buffer.from([0xff]), hash]);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value !== null && typeof value === 'object' && 'toHexString' in value)
    return `ObjectId('${String(value)}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return value !== null && typeof value === 'object' && !('_bsontype' in value)
    ? JSON.stringify(value)
    : String(value);
}

function crossesArray(document: Document, parts: string[]): boolean {
  let at: unknown = document;
  for (const part of parts) {
    if (!isDocument(at)) return false;
    at = getField(at as Document, part);
    if (Array.isArray(at)) return true;
  }
  return false;
}

/** Adds the top-level fields that a filter looks at. */
export function fieldsOfFilter(filter: Document, into: Set<string>): void {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and' || name === '$or' || name === '$nor') {
      for (const part of value as Document[]) fieldsOfFilter(part, into);
    } else if (!name.startsWith('$')) {
      into.add(name.split('.')[0] as string);
    }
  }
}
