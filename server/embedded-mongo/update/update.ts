import { type Document, ObjectId } from 'bson';
import { chain, compileTransform, stageOf } from '../aggregation/transforms.ts';
import { failedToParse, MongoError, unsupported } from '../errors.ts';
import { equalityFields } from '../query/match.ts';
import { compareStrings, equalValues, identicalValues } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { arrayIndex, splitPath } from '../values/paths.ts';
import { fieldsOf, getField, isDocument, setField, T, typeName, typeOf } from '../values/types.ts';
import { diffDocuments } from './diff.ts';
import { Draft, type UpdateDescription } from './draft.ts';
import { Appended, compileModifier, KEEP, MODIFIERS, type Modifier, REMOVE } from './modifiers.ts';

export type { UpdateDescription } from './draft.ts';

/** Outcome of an update of one document. The input is never changed; unchanged parts are shared with it. */
export interface UpdateResult {
  doc: Document;
  changed: boolean;
  updateDescription: UpdateDescription;
}

export interface CompiledUpdate {
  /** A replacement makes a `replace` event, the other two an `update`. */
  kind: 'replacement' | 'modifiers' | 'pipeline';
  apply(document: Document, options: { isInsert: boolean }): UpdateResult;
}

/**
 * Compiles an update: a replacement, `$` modifiers, or a pipeline of `$set` and its like.
 * @param now what `$$NOW` is in a pipeline
 * @throws MongoError 9 for unknown modifiers, 40 for conflicting paths, 238 for positional paths, 2, 14, 52, 56, 72 for
 *   bad operands. `apply` throws 66 when `_id` would change, 2, 14, 28 when a value or path does not allow the change.
 */
export function compileUpdate(update: Document | Document[], now?: Date): CompiledUpdate {
  if (Array.isArray(update)) return compilePipelineUpdate(update, now);
  if (!isDocument(update)) throw failedToParse('Update argument must be either an object or an array');
  const first = Object.keys(fieldsOf(update))[0];
  return first?.startsWith('$') ? compileModifiers(update) : compileReplacement(update);
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

/** Stages that an update may have: what they make of a document, the change log must be able to tell as a difference. */
const UPDATE_STAGES = new Set(['$set', '$addFields', '$unset']);

function compilePipelineUpdate(stages: Document[], now: Date | undefined): CompiledUpdate {
  const transform = chain(
    stages.map((stage) => {
      const { name } = stageOf(stage);
      if (UPDATE_STAGES.has(name)) return compileTransform(stage, now);
      throw new MongoError(
        'InvalidOptions',
        `the stage '${name}' in an update is not supported by the embedded store`,
      );
    }),
  );
  return {
    kind: 'pipeline',
    apply(document) {
      const next = withId(transform(document) as Document, document);
      return finish(document, next, !identicalValues(document, next), () => diffDocuments(document, next));
    },
  };
}

/** One modifier at one path of the update. */
interface Operation {
  parts: string[];
  modifier: Modifier;
  /** True for `$setOnInsert`, which otherwise does nothing. */
  onInsertOnly: boolean;
}

function compileModifiers(update: Document): CompiledUpdate {
  const operations: Operation[] = [];
  for (const operator of Object.keys(update)) parseOperator(operator, update[operator], operations);
  operations.sort((a, b) => comparePaths(a.parts, b.parts));
  assertNoConflicts(operations);
  return {
    kind: 'modifiers',
    apply(document, { isInsert }) {
      const draft = new Draft(document);
      for (const operation of operations)
        if (isInsert || !operation.onInsertOnly) applyOperation(draft, operation, document, isInsert);
      return finish(document, draft.root, draft.changed, () => draft.description);
    },
  };
}

function parseOperator(operator: string, fields: unknown, operations: Operation[]): void {
  if (!MODIFIERS.has(operator))
    throw failedToParse(`the update operator '${operator}' is not supported by the embedded store`);
  if (!isDocument(fields)) {
    throw failedToParse(
      `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${describe(fields)}}`,
    );
  }
  for (const path of Object.keys(fieldsOf(fields))) {
    const parts = parseUpdatePath(path);
    const modifier = compileModifier(operator, path, fields[path]);
    operations.push({ parts, modifier, onInsertOnly: operator === '$setOnInsert' });
  }
}

function parseUpdatePath(path: string): string[] {
  if (path === '') throw new MongoError('EmptyFieldName', 'An empty update path is not valid.');
  const parts = splitPath(path);
  if (parts.includes('')) {
    throw new MongoError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  if (parts.some((part) => part === '$' || part.startsWith('$[')))
    throw unsupported(`the positional path '${path}' of an update`);
  const dollar = parts.find((part) => part.startsWith('$') && !/^\$(id|ref|db)$/.test(part));
  if (dollar) {
    throw new MongoError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not valid for storage.`,
    );
  }
  return parts;
}

/** @param sorted by path @throws 40 if two paths are equal or one lies inside the other. */
function assertNoConflicts(sorted: Operation[]): void {
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]?.parts ?? [], sorted[i]?.parts ?? []];
    if (a.every((part, k) => b[k] === part))
      throw new MongoError(
        'ConflictingUpdateOperators',
        `Updating the path '${b.join('.')}' would create a conflict at '${a.join('.')}'`,
      );
  }
}

/** Order in which MongoDB applies paths and so creates fields: by name, array indexes by number. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] as string, b[i] as string];
    if (x === y) continue;
    const [m, n] = [arrayIndex(x), arrayIndex(y)];
    return m >= 0 && n >= 0 ? m - n : compareStrings(x, y);
  }
  return a.length - b.length;
}

function applyOperation(
  draft: Draft,
  { parts, modifier }: Operation,
  document: Document,
  isInsert: boolean,
): void {
  const existing = draft.read(parts);
  if (existing === undefined && !modifier.creates) {
    if (!modifier.lenient) draft.assertViable(parts);
    return;
  }
  if (existing === undefined) draft.assertViable(parts);
  const result = modifier.apply(existing, { isInsert, document, path: parts.join('.') });
  if (result === KEEP) return;
  if (result === REMOVE) draft.remove(parts);
  else if (result instanceof Appended) draft.write(parts, result.array, result.from);
  else draft.write(parts, result);
}

/**
 * The document that an upsert inserts when nothing matched: equalities of the filter (only `_id` for a
 * replacement), then the update. `_id` is made if neither gives one, and comes first.
 * @throws 53 for an `_id` that cannot be one, 54 for contradicting equalities, 66 for two different ids
 */
export function buildUpsert(filter: Document, compiled: CompiledUpdate): Document {
  const base = new Draft({});
  for (const { path, value } of equalityFields(filter)) {
    if (compiled.kind !== 'replacement' || path === '_id') base.write(splitPath(path), value);
  }
  const { doc } = compiled.apply(base.root, { isInsert: true });
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
