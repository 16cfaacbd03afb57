import { type Document, ObjectId } from 'bson';
import { compileTransform, type Transform } from '../aggregation/transforms.ts';
import { badValue, failedToParse, MongoError } from '../errors.ts';
import { compileMatcher, equalityFields, type Matcher } from '../query/match.ts';
import { equalValues, identicalValues } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { splitPath } from '../values/paths.ts';
import { fieldsOf, getField, isDocument, setField, T, typeName, typeOf } from '../values/types.ts';
import { type ArrayFilters, compileArrayFilters } from './array-filters.ts';
import { diffDocuments } from './diff.ts';
import { Draft, type UpdateDescription } from './draft.ts';
import { Appended, compileModifier, KEEP, type Modifier, REMOVE } from './modifiers.ts';
import { comparePaths, isPositional, overlap, resolvePositions } from './update-paths.ts';

export type { UpdateDescription } from './draft.ts';

/** Outcome of an update of one document. The input is never changed; unchanged parts are shared with it. */
export interface UpdateResult {
  doc: Document;
  changed: boolean;
  updateDescription: UpdateDescription;
}

export interface UpdateOptions {
  arrayFilters?: Document[];
  /** The filter that selected the document: the positional operator `$` needs it. */
  filter?: Document;
  /** Variables of the command for a pipeline (`let`, and `c` of older servers), without `$$`. */
  let?: Document;
}

export interface CompiledUpdate {
  /** A replacement makes a `replace` event, the other two an `update`. */
  kind: 'replacement' | 'modifiers' | 'pipeline';
  apply(document: Document, options: { isInsert: boolean; now: Date }): UpdateResult;
}

/**
 * Compiles an update: a replacement, `$` modifiers, or a pipeline.
 * @throws MongoError 9 for unknown modifiers, 40 for conflicting paths, 2, 14, 52, 56, 72 for bad operands.
 *   `apply` throws 66 when `_id` would change, 2, 14, 28 when a value or path does not allow the change.
 */
export function compileUpdate(update: Document | Document[], options: UpdateOptions = {}): CompiledUpdate {
  if (Array.isArray(update)) {
    if (options.arrayFilters?.length) {
      throw failedToParse('arrayFilters may not be specified for pipeline-syle updates');
    }
    return compilePipelineUpdate(update, options);
  }
  if (!isDocument(update)) throw failedToParse('Update argument must be either an object or an array');
  const first = Object.keys(fieldsOf(update))[0];
  if (first?.startsWith('$')) return compileModifiers(update, options);
  if (options.arrayFilters?.length)
    throw failedToParse('arrayFilters may not be specified for replacement updates');
  return compileReplacement(update);
}

function compileReplacement(replacement: Document): CompiledUpdate {
  const dollar = Object.keys(replacement).find((name) => name.startsWith('$'));
  if (dollar) {
    throw new MongoError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return {
    kind: 'replacement',
    apply(document) {
      const next = withId(replacement, document);
      return finish(document, next, !identicalValues(document, next), emptyDescription);
    },
  };
}

const emptyDescription = (): UpdateDescription => ({
  updatedFields: {},
  removedFields: [],
  truncatedArrays: [],
});

/** A copy of a new version of a document, with the `_id` that the document had, in front. */
function withId(next: Document, previous: Document): Document {
  const own = getField(next, '_id');
  const id = own === undefined ? getField(previous, '_id') : own;
  const result: Document = id === undefined ? {} : { _id: id };
  for (const name of Object.keys(next)) if (name !== '_id') setField(result, name, next[name]);
  return result;
}

function finish(
  before: Document,
  after: Document,
  changed: boolean,
  describeChange: () => UpdateDescription,
): UpdateResult {
  const id = getField(before, '_id');
  if (id !== undefined && !equalValues(id, getField(after, '_id'))) {
    throw new MongoError(
      'ImmutableField',
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${describe(after._id)}`,
    );
  }
  return { doc: changed ? after : before, changed, updateDescription: describeChange() };
}

function compilePipelineUpdate(stages: Document[], options: UpdateOptions): CompiledUpdate {
  const allowed = ['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith'];
  for (const stage of stages) {
    const name = isDocument(stage) ? Object.keys(stage)[0] : undefined;
    if (name === undefined) throw typeErrorOfStage();
    if (!allowed.includes(name)) {
      throw new MongoError('InvalidOptions', `${name} is not allowed to be used within an update`);
    }
  }
  const transforms: Transform[] = stages.map((stage) => compileTransform(stage, options.let));
  return {
    kind: 'pipeline',
    apply(document) {
      let next: Document = document;
      for (const transform of transforms) next = transform(next) as Document;
      next = withId(next, document);
      return finish(document, next, !identicalValues(document, next), () => diffDocuments(document, next));
    },
  };
}

const typeErrorOfStage = (): MongoError =>
  new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');

/** One modifier at one path of the update, before positions are known. */
interface Operation {
  parts: string[];
  modifier: Modifier;
  /** Source path of a `$rename`. */
  from?: string[];
  /** True for `$setOnInsert`, which otherwise does nothing. */
  onInsertOnly: boolean;
}

function compileModifiers(update: Document, options: UpdateOptions): CompiledUpdate {
  const operations: Operation[] = [];
  for (const operator of Object.keys(update)) parseOperator(operator, update[operator], operations);
  assertNoConflicts(operations.flatMap(({ parts, from }) => (from ? [parts, from] : [parts])));
  const filters = compileArrayFilters(options.arrayFilters ?? [], update);
  assertIdentifiers(operations, filters);
  filters.assertAllUsed(operations.flatMap(({ parts }) => parts));

  const positional = operations.some(({ parts }) => parts.some(isPositional));
  const needsMatch = operations.some(({ parts }) => parts.includes('$'));
  const matcher =
    needsMatch && options.filter ? compileMatcher(options.filter, { let: options.let ?? {} }) : undefined;
  const sorted = sortOperations(operations);

  return {
    kind: 'modifiers',
    apply(document, { isInsert, now }) {
      const active = isInsert ? sorted : sorted.filter((operation) => !operation.onInsertOnly);
      const concrete = positional ? sortOperations(resolveAll(active, document, filters, matcher)) : active;
      const draft = new Draft(document);
      for (const operation of concrete) applyOperation(draft, operation, document, isInsert, now);
      const id = getField(document, '_id');
      if (id !== undefined && !equalValues(id, getField(draft.root, '_id'))) {
        throw new MongoError(
          'ImmutableField',
          "Performing an update on the path '_id' would modify the immutable field '_id'",
        );
      }
      return finish(document, draft.root, draft.changed, () => draft.description);
    },
  };
}

const sortOperations = (operations: Operation[]): Operation[] =>
  [...operations].sort((a, b) => comparePaths(a.parts, b.parts));

function parseOperator(operator: string, fields: unknown, operations: Operation[]): void {
  const known = operator === '$rename' || compileKnown(operator);
  if (!known) {
    throw failedToParse(
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDocument(fields)) {
    throw failedToParse(
      `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${describe(fields)}}`,
    );
  }
  for (const path of Object.keys(fieldsOf(fields))) {
    const parts = parseUpdatePath(path);
    const operand: unknown = fields[path];
    if (operator === '$rename') {
      operations.push(parseRename(path, parts, operand));
    } else {
      const modifier = compileModifier(operator, path, operand);
      if (modifier) operations.push({ parts, modifier, onInsertOnly: operator === '$setOnInsert' });
    }
  }
}

const modifierNames = new Set([
  '$set',
  '$setOnInsert',
  '$unset',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$currentDate',
  '$push',
  '$addToSet',
  '$pop',
  '$pull',
  '$pullAll',
  '$bit',
]);
const compileKnown = (operator: string): boolean => modifierNames.has(operator);

function parseUpdatePath(path: string): string[] {
  if (path === '') throw new MongoError('EmptyFieldName', 'An empty update path is not valid.');
  const parts = splitPath(path);
  if (parts.includes('')) {
    throw new MongoError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  if (isPositional(parts[0] as string)) {
    throw badValue(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
  }
  if (parts.filter((part) => part === '$').length > 1) {
    throw badValue(`Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  const dollar = parts.find(
    (part) => part.startsWith('$') && !isPositional(part) && !/^\$(id|ref|db)$/.test(part),
  );
  if (dollar) {
    throw new MongoError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not valid for storage.`,
    );
  }
  return parts;
}

function parseRename(source: string, from: string[], target: unknown): Operation {
  if (typeof target !== 'string') {
    throw badValue(`The 'to' field for $rename must be a string: ${source}: ${describe(target)}`);
  }
  const parts = parseUpdatePath(target);
  for (const [role, path, list] of [
    ['source', source, from],
    ['destination', target, parts],
  ] as const) {
    if (list.some(isPositional)) throw badValue(`The ${role} field for $rename may not be dynamic: ${path}`);
  }
  if (source === target) {
    throw badValue(`The source and target field for $rename must differ: ${source}: ${describe(target)}`);
  }
  return { parts, from, modifier: { apply: () => KEEP, creates: true }, onInsertOnly: false };
}

/** @throws 40 if two paths are equal or one lies inside the other. */
function assertNoConflicts(paths: string[][]): void {
  const sorted = [...paths].sort(comparePaths);
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1] as string[], sorted[i] as string[]];
    if (overlap(a, b)) {
      throw new MongoError(
        'ConflictingUpdateOperators',
        `Updating the path '${b.join('.')}' would create a conflict at '${a.join('.')}'`,
      );
    }
  }
}

function assertIdentifiers(operations: Operation[], filters: ArrayFilters): void {
  for (const { parts } of operations) {
    for (const part of parts) {
      if (!part.startsWith('$[') || part === '$[]') continue;
      if (!filters.has(part.slice(2, -1))) {
        throw badValue(
          `No array filter found for identifier '${part.slice(2, -1)}' in path '${parts.join('.')}'`,
        );
      }
    }
  }
}

function resolveAll(
  operations: Operation[],
  document: Document,
  filters: ArrayFilters,
  matcher: Matcher | undefined,
): Operation[] {
  const resolved = operations.flatMap((operation) =>
    resolvePositions(operation.parts, document, filters, matcher).map((parts) => ({ ...operation, parts })),
  );
  assertNoConflicts(resolved.flatMap(({ parts, from }) => (from ? [parts, from] : [parts])));
  return resolved;
}

function applyOperation(
  draft: Draft,
  { parts, modifier, from }: Operation,
  document: Document,
  isInsert: boolean,
  now: Date,
): void {
  if (from) {
    rename(draft, from, parts);
    return;
  }
  const existing = draft.read(parts);
  if (existing === undefined && !modifier.creates) {
    if (!modifier.lenient) draft.assertViable(parts);
    return;
  }
  if (existing === undefined) draft.assertViable(parts);
  const result = modifier.apply(existing, { isInsert, now, document, path: parts.join('.') });
  if (result === KEEP) return;
  if (result === REMOVE) draft.remove(parts);
  else if (result instanceof Appended) draft.write(parts, result.array, result.from);
  else draft.write(parts, result);
}

function rename(draft: Draft, from: string[], to: string[]): void {
  for (const [role, path] of [
    ['source', from],
    ['destination', to],
  ] as const) {
    for (let i = 1; i < path.length; i++) {
      if (Array.isArray(draft.read(path.slice(0, i)))) {
        throw badValue(`The ${role} field cannot be an array element, '${path.join('.')}'`);
      }
    }
  }
  const value = draft.read(from);
  if (value === undefined) return;
  draft.assertViable(to);
  draft.remove(from);
  draft.write(to, value);
}

/**
 * The document that an upsert inserts when nothing matched: equalities of the filter (only `_id` for a
 * replacement), then the update. `_id` is made if neither gives one, and comes first.
 * @throws 53 for an `_id` that cannot be one, 54 for contradicting equalities, 66 for two different ids
 */
export function buildUpsert(filter: Document, compiled: CompiledUpdate, now: Date): Document {
  const base = new Draft({});
  for (const { path, value } of equalityFields(filter)) {
    if (compiled.kind !== 'replacement' || path === '_id') base.write(splitPath(path), value);
  }
  const { doc } = compiled.apply(base.root, { isInsert: true, now });
  const given = getField(doc, '_id');
  const id = given === undefined ? new ObjectId() : given;
  assertValidId(id);
  return withId(doc, { _id: id });
}

/** @throws 53 for what MongoDB does not take as `_id`. */
export function assertValidId(id: unknown): void {
  const type = typeOf(id);
  if (type === T.array || type === T.regex || type === T.missing) {
    throw new MongoError('InvalidIdField', `The '_id' value cannot be of type ${typeName(id)}`);
  }
}
