import { type Document } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { keysForDocument } from '../index/key-encoding.ts';
import { compareValues, toDouble } from '../values/compare.ts';
import { compilePath, plainValueAt } from '../values/paths.ts';
import { isDocument, isNumber } from '../values/types.ts';

/** Sort keys apart from documents, so that a sort computes each key once. */
export interface Sorter {
  /** Values of the sort fields: missing counts as null, an empty array as less than null. */
  key(document: Document): unknown[];
  compareKeys(a: unknown[], b: unknown[]): number;
}

/**
 * Compiles a sort specification. In an array the smallest element counts when ascending, the largest when
 * descending.
 * @throws 2, 15975 for bad specifications; 2 when sorting by two different arrays of a document.
 */
export function compileSorter(spec: Document): Sorter {
  const names = Object.keys(spec);
  const directions = names.map((name) => directionOf(name, spec[name]));
  const paths = names.map((name) => compilePath(name));
  const pattern = Object.fromEntries(names.map((name) => [name, 1]));

  const compareKeys = (a: unknown[], b: unknown[]): number => {
    for (let i = 0; i < directions.length; i++) {
      const order = compareValues(a[i], b[i]);
      if (order !== 0) return order * (directions[i] as number);
    }
    return 0;
  };

  const key = (document: Document): unknown[] => {
    const values: unknown[] = [];
    for (const path of paths) {
      const value = simpleValue(document, path.parts);
      if (Array.isArray(value)) return smallest(document);
      values.push(value ?? null);
    }
    return values;
  };

  const smallest = (document: Document): unknown[] => {
    let keys: unknown[][];
    try {
      keys = keysForDocument(document, pattern);
    } catch (error) {
      if (error instanceof MongoError && error.code === 171) {
        throw badValue('cannot sort with keys that are parallel arrays');
      }
      throw error;
    }
    return keys.reduce((least, next) => (compareKeys(next, least) < 0 ? next : least));
  };

  return { key, compareKeys };
}

/** The value at a path, or the first array on the way to it. */
function simpleValue(document: Document, parts: readonly string[]): unknown {
  if (parts.length === 1) return plainValueAt(document, parts);
  let at: unknown = document;
  for (const part of parts) {
    if (Array.isArray(at)) return at;
    if (!isDocument(at)) return undefined;
    at = plainValueAt(at, [part]);
  }
  return at;
}

function directionOf(name: string, value: unknown): 1 | -1 {
  if (name === '') throw badValue('FieldPath cannot be constructed with empty string');
  if (isDocument(value)) {
    throw badValue(
      `the sort of '${name}' by ${Object.keys(value)[0] ?? '{}'} is not supported by the embedded store`,
    );
  }
  if (!isNumber(value)) throw badValue(`Illegal key in $sort specification: ${name}: ${String(value)}`);
  const direction = toDouble(value);
  if (direction !== 1 && direction !== -1) {
    throw new MongoError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
  }
  return direction;
}
