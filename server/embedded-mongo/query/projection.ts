import { type Document } from 'bson';
import { compileExpression, isOperatorExpression } from '../aggregation/expressions.ts';
import { badValue, MongoError } from '../errors.ts';
import { wholeOf } from '../values/number.ts';
import { isTrue } from '../values/truth.ts';
import { fieldsOf, isDocument, isNumber, typeName } from '../values/types.ts';
import { type Leaf, ProjectionNode } from './projection-tree.ts';

export type Project = (document: Document) => Document;

interface Entry {
  path: string;
  parts: string[];
  leaf: Leaf;
  /** `$slice` in find: fits both kinds of projection and does not decide which one it is. */
  neutral?: boolean;
}

interface Options {
  now: Date | undefined;
  /** `$slice` with numbers means the find operator. */
  find: boolean;
}

/**
 * Compiles the projection of a find. An empty one gives the document itself.
 * @throws MongoError 31253, 31254 for mixed projections, 31249, 31250 for colliding paths, 2, 168 and others
 */
export function compileProjection(spec: Document, now?: Date): Project {
  if (Object.keys(spec).length === 0) return (document) => document;
  return compileSpec(spec, { find: true, now });
}

/** Compiles a `$project` stage. @throws 51272 for an empty one, else like a find's projection */
export function compileProject(spec: unknown, now?: Date): Project {
  if (!isDocument(spec)) throw new MongoError(15969, '$project specification must be an object');
  if (Object.keys(spec).length === 0)
    throw new MongoError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  return compileSpec(spec, { find: false, now });
}

/** Compiles `$addFields` / `$set`: fields are computed into a copy of the document. */
export function compileAddFields(spec: unknown, now?: Date): Project {
  if (!isDocument(spec)) {
    throw new MongoError(40272, `$addFields specification stage must be an object, got ${typeName(spec)}`);
  }
  const tree = new ProjectionNode();
  const visit = (fields: Document, prefix: string[]): void => {
    for (const name of Object.keys(fields)) {
      const parts = [...prefix, ...pathParts(name)];
      const value: unknown = fields[name];
      if (isDocument(value) && !isOperatorExpression(value) && Object.keys(value).length > 0)
        visit(value, parts);
      else tree.add(parts, compileExpression(value, now));
    }
  };
  visit(fieldsOf(spec), []);
  return (document) => tree.compute(document, document);
}

/** Compiles `$unset`: one path or a list of them. */
export function compileUnset(spec: unknown): Project {
  const paths = Array.isArray(spec) ? spec : [spec];
  if (paths.length === 0)
    throw new MongoError(31119, '$unset specification must be a string or an array with at least one field');
  const tree = new ProjectionNode();
  for (const path of paths) {
    if (typeof path !== 'string') {
      throw new MongoError(
        Array.isArray(spec) ? 31120 : 31002,
        '$unset specification must be a string or an array containing only string values',
      );
    }
    tree.add(pathParts(path), 'exclude');
  }
  return (document) => tree.exclude(document);
}

function compileSpec(spec: Document, options: Options): Project {
  const entries: Entry[] = [];
  collect(fieldsOf(spec), [], options, entries);
  const inclusion = decideKind(entries);
  const tree = new ProjectionNode();
  let idNamed = false;
  for (const { parts, leaf, neutral } of entries) {
    if (parts[0] === '_id') idNamed = true;
    tree.add(parts, leaf, neutral === true);
  }
  if (inclusion && !idNamed) tree.add(['_id'], 'include');
  return inclusion ? (document) => tree.include(document) : (document) => tree.exclude(document);
}

/** True for an inclusion. @throws 31253, 31254 when both kinds meet; `_id` may differ from the rest. */
function decideKind(entries: Entry[]): boolean {
  let kind: boolean | undefined;
  for (const { path, leaf, neutral } of entries) {
    if (neutral || path === '_id') continue;
    const inclusion = leaf !== 'exclude';
    if (kind === undefined) kind = inclusion;
    else if (kind !== inclusion) {
      throw inclusion
        ? new MongoError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
        : new MongoError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    }
  }
  if (kind !== undefined) return kind;
  const id = entries.find(({ path }) => path === '_id');
  return id !== undefined && id.leaf !== 'exclude';
}

function collect(fields: Document, prefix: string[], options: Options, entries: Entry[]): void {
  for (const name of Object.keys(fields)) {
    const value: unknown = fields[name];
    const parts = [...prefix, ...pathParts(name)];
    const path = parts.join('.');
    if (typeof value === 'boolean' || isNumber(value)) {
      entries.push({ path, parts, leaf: isTrue(value) ? 'include' : 'exclude' });
    } else if (isDocument(value) && !isOperatorExpression(value)) {
      if (Object.keys(value).length === 0) {
        throw new MongoError(
          51270,
          'An empty sub-projection is not a valid value. Found empty object at path',
        );
      }
      collect(fieldsOf(value), parts, options, entries);
    } else {
      const special = options.find && isDocument(value) ? sliceEntry(path, parts, value) : undefined;
      entries.push(special ?? { path, parts, leaf: compileExpression(value, options.now) });
    }
  }
}

/** `$slice` with numbers, which exists in a find's projection only. */
function sliceEntry(path: string, parts: string[], value: Document): Entry | undefined {
  if (!Object.hasOwn(value, '$slice')) return undefined;
  const operand: unknown = value.$slice;
  const list = Array.isArray(operand) ? operand : [operand];
  // With an array first it is the aggregation expression, which is not there.
  if (list.some((item) => !isNumber(item))) return undefined;
  if (list.length > 2)
    throw new MongoError(
      28667,
      `Expression $slice takes at least 1 and at most 2 arguments, but ${list.length} were passed in.`,
    );
  const [first, count] = list.map(wholeOf);
  if (first === undefined) throw badValue('$slice only supports whole numbers');
  if (list.length === 2 && (count === undefined || count <= 0))
    throw new MongoError(28729, 'Third argument to $slice must be positive');
  return { path, parts, neutral: true, leaf: (_root, current) => sliceArray(current, first, count) };
}

function sliceArray(value: unknown, first: number, count: number | undefined): unknown {
  if (!Array.isArray(value)) return value;
  if (count === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
  const start = first < 0 ? Math.max(0, value.length + first) : first;
  return value.slice(start, start + count);
}

/** Parts of a projected path. @throws 16410, 15998, 40353 */
function pathParts(path: string): string[] {
  if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new MongoError(40353, "FieldPath must not end with a '.'.");
  const parts = path.split('.');
  for (const part of parts) {
    if (part === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
    if (part.startsWith('$')) {
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
  }
  return parts;
}
