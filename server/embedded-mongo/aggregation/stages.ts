import { type Document, Int32, Long } from 'bson';
import { MongoError } from '../errors.ts';
import { compileSorter } from '../query/sort.ts';
import { wholeOf } from '../values/number.ts';
import { copyDocument, getField, isDocument, isNumber, setField, typeName } from '../values/types.ts';
import { approximateSize, MemoryBudget } from './size.ts';

export type Source = AsyncIterable<Document> | Iterable<Document>;
/** A pipeline stage: documents in, documents out. Each call is one run. */
export type Stage = (source: Source) => AsyncIterable<Document>;

// Stages that need nothing but their input.

/** `$skip`. @throws 15956, 5107200 */
export function compileSkip(spec: unknown): Stage {
  const count = countOf('$skip', spec, 15956, 0);
  return async function* (source) {
    let seen = 0;
    for await (const document of source) if (seen++ >= count) yield document;
  };
}

/** `$limit`. @throws 15957, 15958 */
export function compileLimit(spec: unknown): Stage {
  const count = countOf('$limit', spec, 15958, 1);
  return async function* (source) {
    let left = count;
    for await (const document of source) {
      yield document;
      if (--left === 0) return;
    }
  };
}

function countOf(name: string, spec: unknown, code: number, least: number): number {
  const count = isNumber(spec) ? wholeOf(spec) : undefined;
  if (count === undefined) {
    throw new MongoError(
      name === '$limit' ? 2107201 : 5107200,
      `invalid argument to ${name} stage: Expected an integer, found: ${typeName(spec)}`,
    );
  }
  if (count < least) {
    throw new MongoError(
      code,
      least === 1 ? 'the limit must be positive' : `invalid argument to ${name} stage: must not be negative`,
    );
  }
  return count;
}

/** The value of a `$skip` or `$limit` stage; undefined if it is not valid. */
export const stageCount = (spec: unknown): number | undefined => (isNumber(spec) ? wholeOf(spec) : undefined);

/** `$sort`, holding no more than `limit` documents if a `$limit` follows. @throws 15973, 15976, 292 */
export function compileSortStage(spec: unknown, limit?: number): Stage {
  if (!isDocument(spec)) throw new MongoError(15973, 'the $sort key specification must be an object');
  if (Object.keys(spec).length === 0)
    throw new MongoError(15976, '$sort stage must have at least one sort key');
  const sorter = compileSorter(spec);
  return async function* (source) {
    let held: { document: Document; key: unknown[]; size: number }[] = [];
    const order = (a: { key: unknown[] }, b: { key: unknown[] }) => sorter.compareKeys(a.key, b.key);
    const memory = new MemoryBudget('$sort');
    for await (const document of source) {
      const size = approximateSize(document);
      memory.add(size);
      held.push({ document, key: sorter.key(document), size });
      if (limit !== undefined && held.length >= 2 * limit + 100) {
        held.sort(order);
        for (const { size: dropped } of held.slice(limit)) memory.add(-dropped);
        held = held.slice(0, limit);
      }
    }
    held.sort(order);
    for (let i = 0; i < Math.min(held.length, limit ?? held.length); i++) {
      yield (held[i] as { document: Document }).document;
    }
  };
}

/** `$count`. @throws 40156–40160 */
export function compileCount(spec: unknown): Stage {
  if (typeof spec !== 'string') throw new MongoError(40156, 'the count field must be a non-empty string');
  if (spec === '') throw new MongoError(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) throw new MongoError(40158, 'the count field cannot be a $-prefixed path');
  if (spec.includes('.')) throw new MongoError(40160, "the count field cannot contain '.'");
  return async function* (source) {
    let count = 0;
    for await (const _document of source) count++;
    if (count === 0) return;
    const result: Document = {};
    setField(result, spec, count <= 0x7fffffff ? new Int32(count) : Long.fromNumber(count));
    yield result;
  };
}

/** `$unwind`. @throws 15981, 28808–28822 */
export function compileUnwind(spec: unknown): Stage {
  let path: unknown = spec;
  let indexField: string | undefined;
  let keepEmpty = false;
  if (isDocument(spec)) {
    for (const name of Object.keys(spec)) {
      if (name !== 'path' && name !== 'includeArrayIndex' && name !== 'preserveNullAndEmptyArrays') {
        throw new MongoError(28811, `unrecognized option to $unwind stage: ${name}`);
      }
    }
    path = spec.path;
    if (spec.includeArrayIndex !== undefined) {
      if (typeof spec.includeArrayIndex !== 'string' || spec.includeArrayIndex === '') {
        throw new MongoError(
          28810,
          'expected a non-empty string for the includeArrayIndex option to $unwind stage',
        );
      }
      if (spec.includeArrayIndex.startsWith('$')) {
        throw new MongoError(
          28822,
          `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${spec.includeArrayIndex}`,
        );
      }
      indexField = spec.includeArrayIndex;
    }
    if (spec.preserveNullAndEmptyArrays !== undefined) {
      if (typeof spec.preserveNullAndEmptyArrays !== 'boolean') {
        throw new MongoError(
          28809,
          'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage',
        );
      }
      keepEmpty = spec.preserveNullAndEmptyArrays;
    }
  }
  if (typeof path !== 'string') {
    throw new MongoError(
      path === undefined ? 28812 : 15981,
      'expected a string as the path for $unwind stage',
    );
  }
  if (!path.startsWith('$') || path.length < 2) {
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  const parts = path.slice(1).split('.');
  return async function* (source) {
    for await (const document of source) yield* unwind(document, parts, indexField, keepEmpty);
  };
}

function* unwind(
  document: Document,
  parts: readonly string[],
  indexField: string | undefined,
  keepEmpty: boolean,
): Iterable<Document> {
  let value: unknown = document;
  for (const part of parts) value = isDocument(value) ? getField(value, part) : undefined;
  const withIndex = (result: Document, index: number | null): Document => {
    if (indexField === undefined) return result;
    return putAt(result, indexField.split('.'), index === null ? null : Long.fromNumber(index));
  };
  if (Array.isArray(value) && value.length > 0) {
    for (let i = 0; i < value.length; i++) yield withIndex(putAt(document, parts, value[i]), i);
  } else if (Array.isArray(value)) {
    if (keepEmpty) yield withIndex(putAt(document, parts, undefined), null);
  } else if (value !== undefined && value !== null) {
    yield withIndex(document, null);
  } else if (keepEmpty) {
    yield withIndex(document, null);
  }
}

/** A copy of the document with the value at a path of documents; undefined removes it. */
function putAt(document: Document, parts: readonly string[], value: unknown): Document {
  const [name, ...rest] = parts as [string, ...string[]];
  const copy = copyDocument(document);
  if (rest.length > 0) {
    const inner = getField(copy, name);
    setField(copy, name, putAt(isDocument(inner) ? inner : {}, rest, value));
  } else if (value === undefined) delete copy[name];
  else setField(copy, name, value);
  return copy;
}
