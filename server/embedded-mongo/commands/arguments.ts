/**
 * Checked access to a command's fields. Each command names the fields it knows; anything else is refused, so
 * that no option is ever ignored silently.
 */
import { type Document, Long } from 'bson';
import { badValue, MongoError, typeMismatch, unsupported } from '../errors.ts';
import { isDocument, isNumber, typeName } from '../values/types.ts';

/** Fields that every command may carry; `dispatch.ts` looks at those that matter. */
const COMMON = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'readConcern',
  'writeConcern',
  'comment',
  'maxTimeMS',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
]);

export class Arguments {
  readonly #name: string;
  readonly #body: Document;

  /**
   * @param known fields of this command besides the common ones and its own name
   * @throws MongoError 40415
   */
  constructor(name: string, body: Document, known: readonly string[]) {
    this.#name = name;
    this.#body = body;
    for (const field of Object.keys(body)) {
      if (COMMON.has(field) || known.includes(field)) continue;
      throw new MongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    }
  }

  has(field: string): boolean {
    return this.#body[field] !== undefined && this.#body[field] !== null;
  }

  raw(field: string): unknown {
    return this.#body[field];
  }

  document(field: string): Document | undefined {
    const value = this.#body[field];
    if (value === undefined || value === null) return undefined;
    if (!isDocument(value)) throw this.#wrong(field, value, 'object');
    return value as Document;
  }

  array(field: string): unknown[] | undefined {
    const value = this.#body[field];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw this.#wrong(field, value, 'array');
    return value;
  }

  documents(field: string): Document[] | undefined {
    return this.array(field)?.map((value, i) => {
      if (!isDocument(value)) throw this.#wrong(`${field}.${i}`, value, 'object');
      return value as Document;
    });
  }

  string(field: string): string | undefined {
    const value = this.#body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw this.#wrong(field, value, 'string');
    return value;
  }

  /** The command's own field: the name of a collection. */
  collection(): string {
    const value = this.#body[this.#name];
    if (typeof value !== 'string') {
      throw new MongoError('InvalidNamespace', `collection name has invalid type ${typeName(value)}`);
    }
    if (value === '') throw new MongoError('InvalidNamespace', 'collection names must not be empty');
    return value;
  }

  boolean(field: string): boolean {
    const value = this.#body[field];
    if (value === undefined || value === null) return false;
    if (typeof value === 'boolean') return value;
    if (isNumber(value)) return Number(value) !== 0;
    throw this.#wrong(field, value, 'bool');
  }

  /** A whole number that is not negative. */
  count(field: string): number | undefined {
    const value = this.#body[field];
    if (value === undefined || value === null) return undefined;
    if (!isNumber(value)) throw this.#wrong(field, value, 'number');
    const number = Number(value);
    if (!Number.isSafeInteger(number))
      throw new MongoError('FailedToParse', `${field} must be a whole number`);
    if (number < 0) {
      throw new MongoError(51024, `BSON field '${field}' value must be >= 0, actual value '${number}'`);
    }
    return number;
  }

  long(field: string): bigint {
    const value = this.#body[field];
    if (!(value instanceof Long)) throw this.#wrong(field, value, 'long');
    return value.toBigInt();
  }

  /** Refuses options that would change the answer but are not built. */
  refuse(...fields: readonly string[]): void {
    for (const field of fields) {
      const value = this.#body[field];
      if (value === undefined || value === null || value === false) continue;
      throw unsupported(`option '${field}' of '${this.#name}'`);
    }
  }

  /** Only the simple collation exists; it may be named. */
  checkCollation(): void {
    const collation = this.document('collation');
    if (!collation || Object.keys(collation).length === 0) return;
    if (collation.locale === 'simple') return;
    throw unsupported(`collation '${String(collation.locale)}'`);
  }

  #wrong(field: string, value: unknown, expected: string): MongoError {
    return typeMismatch(
      `BSON field '${this.#name}.${field}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
    );
  }
}

/** Milliseconds of `maxTimeMS`; 0 when there is no limit. */
export function maxTimeOf(body: Document): number {
  const value = body.maxTimeMS;
  if (value === undefined || value === null) return 0;
  const number = Number(value);
  if (!isNumber(value) || !Number.isInteger(number) || number < 0 || number > 2147483647) {
    throw badValue('maxTimeMS must be a whole number of milliseconds');
  }
  return number;
}
