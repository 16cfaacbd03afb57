import { type Document } from 'bson';
import { getField, isDocument } from './types.ts';

/** Parts of a dotted path. */
export const splitPath = (path: string): string[] => path.split('.');

/** The array index a path part names, or −1 if it is not one (`01` and `-1` are names). */
export function arrayIndex(part: string): number {
  const first = part.charCodeAt(0);
  if (!(first >= 48 && first <= 57) || part.length > 10 || (first === 48 && part.length > 1)) return -1;
  for (let i = 1; i < part.length; i++) {
    const unit = part.charCodeAt(i);
    if (unit < 48 || unit > 57) return -1;
  }
  return Number(part);
}

/** A compiled path: its parts and, for each, the array index it may name. */
export interface Path {
  parts: readonly string[];
  indexes: readonly number[];
}

export function compilePath(path: string): Path {
  const parts = splitPath(path);
  return { parts, indexes: parts.map(arrayIndex) };
}

/** A test of one value; undefined stands for a missing field. */
export type ValueTest = (value: unknown) => boolean;

/**
 * Asks `test` for each value that a query path reaches, until one passes. Arrays on the way are entered: each
 * element that is a document, and the element a numeric part names; arrays directly inside arrays are entered
 * by number only. With `intoLeaf`, an array at the end gives its elements first and then itself. A document
 * where the path breaks off gives undefined; an array without documents gives nothing.
 * The rules are those of MongoDB's `BSONElementPathIterator`.
 */
export function someAt(root: unknown, path: Path, intoLeaf: boolean, test: ValueTest): boolean {
  return walkDocument(root, path, 0, intoLeaf, test);
}

function walkDocument(root: unknown, path: Path, from: number, intoLeaf: boolean, test: ValueTest): boolean {
  const { parts } = path;
  let at = root;
  for (let i = from; i < parts.length; i++) {
    if (isDocument(at)) at = getField(at, parts[i] as string);
    // An array is a document of numbered fields only where $elemMatch made it the root.
    else if (i === from && Array.isArray(at)) at = at[path.indexes[i] as number];
    else return test(undefined);
    if (Array.isArray(at)) return walkArray(at, path, i + 1, intoLeaf, test);
  }
  return test(at);
}

function walkArray(array: unknown[], path: Path, i: number, intoLeaf: boolean, test: ValueTest): boolean {
  const { parts } = path;
  if (i === parts.length) {
    if (intoLeaf) for (const element of array) if (test(element)) return true;
    return test(array);
  }
  const index = path.indexes[i];
  for (let k = 0; k < array.length; k++) {
    const element = array[k];
    const document = isDocument(element);
    if (document && walkDocument(element, path, i, intoLeaf, test)) return true;
    if (k !== index) continue;
    // The named element ends the path as it is: an array there is not entered.
    if (i === parts.length - 1) {
      if (test(element)) return true;
    } else if (document) {
      if (walkDocument(element, path, i + 1, intoLeaf, test)) return true;
    } else if (Array.isArray(element)) {
      if (walkArray(element, path, i + 1, intoLeaf, test)) return true;
    }
  }
  return false;
}

/** All values a query path reaches, without undefined for what is missing; arrays give elements and themselves. */
export function valuesAt(document: Document, path: string): unknown[] {
  const values: unknown[] = [];
  someAt(document, compilePath(path), true, (value) => {
    if (value !== undefined) values.push(value);
    return false;
  });
  return values;
}

/**
 * Values as `distinct` collects them: like a query path, but an array at the end gives its elements only.
 */
export function distinctValuesAt(document: Document, path: string): unknown[] {
  const values: unknown[] = [];
  someAt(document, compilePath(path), false, (value) => {
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
    return false;
  });
  return values;
}

/** The value at a path through documents only (no array is entered); undefined if there is none. */
export function plainValueAt(document: unknown, parts: readonly string[]): unknown {
  let at = document;
  for (const part of parts) {
    if (!isDocument(at)) return undefined;
    at = getField(at, part);
  }
  return at;
}
