import { type Document } from 'bson';
import { badValue } from '../errors.ts';
import { type Matcher } from '../query/match.ts';
import { compareStrings } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { arrayIndex } from '../values/paths.ts';
import { getField, isDocument } from '../values/types.ts';
import { type ArrayFilters } from './array-filters.ts';

/** True for `$`, `$[]` and `$[identifier]`. */
export const isPositional = (part: string): boolean =>
  part === '$' || (part.startsWith('$[') && part.endsWith(']'));

/** Order in which MongoDB applies paths and so creates fields: by name, array indexes by number. */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] as string, b[i] as string];
    if (x === y) continue;
    const [m, n] = [arrayIndex(x), arrayIndex(y)];
    return m >= 0 && n >= 0 ? m - n : compareStrings(x, y);
  }
  return a.length - b.length;
}

/** True if one path is the other or lies inside it. */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * The concrete paths that a path with positional parts names in a document.
 * @throws 2 if the filter found no position, or where `$[]` meets no array
 */
export function resolvePositions(
  parts: readonly string[],
  document: Document,
  filters: ArrayFilters,
  matcher: Matcher | undefined,
): string[][] {
  const resolved: string[][] = [];
  const step = (at: unknown, i: number, done: string[]): void => {
    while (i < parts.length && !isPositional(parts[i] as string)) {
      const part = parts[i++] as string;
      done = [...done, part];
      at = Array.isArray(at) ? at[arrayIndex(part)] : isDocument(at) ? getField(at, part) : undefined;
    }
    if (i === parts.length) {
      resolved.push(done);
      return;
    }
    const part = parts[i] as string;
    if (part === '$') {
      const index = matcher ? matcher.positionIn(document, done.join('.')) : -1;
      if (index < 0) throw badValue('The positional operator did not find the match needed from the query.');
      step(Array.isArray(at) ? at[index] : undefined, i + 1, [...done, String(index)]);
      return;
    }
    const path = done.join('.');
    if (at === undefined) {
      throw badValue(`The path '${path}' must exist in the document in order to apply array updates.`);
    }
    if (!Array.isArray(at)) {
      throw badValue(`Cannot apply array updates to non-array element ${describe({ [path]: at })}`);
    }
    const test = filters.get(part.slice(2, -1));
    at.forEach((element, index) => {
      if (!test || test(element)) step(element, i + 1, [...done, String(index)]);
    });
  };
  step(document, 0, []);
  return resolved;
}
