import { type BSONRegExp, type Document } from 'bson';
import { compileExpression } from '../aggregation/expressions.ts';
import { badValue, MongoError, unsupported } from '../errors.ts';
import { equalValues } from '../values/compare.ts';
import { compilePath, type Path, someAt, splitPath, type ValueTest } from '../values/paths.ts';
import { isTrue } from '../values/truth.ts';
import { fieldsOf, getField, isDocument, T, typeOf } from '../values/types.ts';
import {
  bitTest,
  comparisonTest,
  inTest,
  modTest,
  regexOperatorTest,
  regexTest,
  sizeTest,
  typeTest,
} from './operators.ts';

/** Variables of the command (`let`), by name without `$$`. */
export interface MatchOptions {
  let?: Document;
}

export type DocumentTest = (document: Document) => boolean;

/** One condition on a path: as a test of documents, and of single values for `$elemMatch` and `$not`. */
interface Condition {
  on: DocumentTest;
  single: ValueTest;
}

/** A condition that can tell which element of an array fulfilled it, for the positional operator `$`. */
interface Positional {
  path: Path;
  /** Test of an element of the array at `path`. */
  element: ValueTest;
  /** True for `$elemMatch`, which only ever looks at elements. */
  elementOnly: boolean;
}

interface Scope {
  variables: Document | undefined;
  /** Collects positional conditions; absent inside negations and `$elemMatch`, which have no position. */
  positions: Positional[] | undefined;
}

/** A compiled filter that also knows positions. */
export interface Matcher {
  matches: DocumentTest;
  /**
   * Index of the array element by which `document` matched, preferring conditions on `arrayPath`;
   * −1 if no condition of the filter looked into an array.
   */
  positionIn(document: Document, arrayPath: string): number;
}

/**
 * Compiles a filter to a test of documents.
 * @throws MongoError as MongoDB answers: 2 for unknown operators and bad operands, 168 from `$expr`.
 */
export function compileFilter(filter: Document, options: MatchOptions = {}): DocumentTest {
  return compileDocument(filter, { variables: options.let, positions: undefined });
}

/** Like `compileFilter`, for updates and projections that use the positional operator. */
export function compileMatcher(filter: Document, options: MatchOptions = {}): Matcher {
  const positions: Positional[] = [];
  const matches = compileDocument(filter, { variables: options.let, positions });
  return {
    matches,
    positionIn(document, arrayPath) {
      const parts = splitPath(arrayPath);
      const near = (p: Positional) => parts.every((part, i) => p.path.parts[i] === part);
      // $elemMatch first: it names one element, while two plain conditions may be met by two elements.
      const rank = (p: Positional) => (near(p) ? 2 : 0) + (p.elementOnly ? 1 : 0);
      for (const position of [...positions].sort((a, b) => rank(b) - rank(a))) {
        const index = elementIndex(document, position);
        if (index >= 0) return index;
      }
      return -1;
    },
  };
}

/** Index in the first array on the way of the path of an element that passes; −1 if there is none. */
function elementIndex(document: Document, { path, element }: Positional): number {
  let at: unknown = document;
  for (let i = 0; i <= path.parts.length; i++) {
    if (Array.isArray(at)) {
      const rest: Path = { parts: path.parts.slice(i), indexes: path.indexes.slice(i) };
      if (rest.parts.length === 0) return at.findIndex((item) => element(item));
      return at.findIndex((item) => isDocument(item) && someAt(item, rest, true, element));
    }
    if (i === path.parts.length || !isDocument(at)) return -1;
    at = getField(at, path.parts[i] as string);
  }
  return -1;
}

const always: DocumentTest = () => true;

function allOf(tests: DocumentTest[]): DocumentTest {
  if (tests.length === 0) return always;
  if (tests.length === 1) return tests[0] as DocumentTest;
  if (tests.length === 2) {
    const [first, second] = tests as [DocumentTest, DocumentTest];
    return (document) => first(document) && second(document);
  }
  return (document) => {
    for (const test of tests) if (!test(document)) return false;
    return true;
  };
}

function compileDocument(filter: Document, scope: Scope): DocumentTest {
  if (!isDocument(filter)) throw new MongoError('TypeMismatch', 'a filter must be an object');
  const tests: DocumentTest[] = [];
  const fields = fieldsOf(filter);
  for (const name of Object.keys(fields)) {
    const operand = fields[name];
    if (name.startsWith('$')) {
      const test = compileTopLevel(name, operand, scope);
      if (test) tests.push(test);
    } else {
      for (const condition of compileField(name, operand, scope)) tests.push(condition.on);
    }
  }
  return allOf(tests);
}

function compileTopLevel(name: string, operand: unknown, scope: Scope): DocumentTest | undefined {
  switch (name) {
    case '$and':
      return allOf(clauses(name, operand, scope));
    case '$or': {
      const tests = clauses(name, operand, scope);
      return (document) => tests.some((test) => test(document));
    }
    case '$nor': {
      const tests = clauses(name, operand, { ...scope, positions: undefined });
      return (document) => !tests.some((test) => test(document));
    }
    case '$expr': {
      const evaluate = compileExpression(operand, scope.variables);
      return (document) => isTrue(evaluate(document));
    }
    case '$comment':
      return undefined;
    case '$alwaysTrue':
      return always;
    case '$alwaysFalse':
      return () => false;
    case '$where':
      throw badValue('no globalScriptEngine in $where parsing');
    case '$text':
      throw new MongoError('IndexNotFound', 'text index required for $text query');
    case '$jsonSchema':
    case '$sampleRate':
      throw unsupported(name);
    default:
      throw badValue(
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function clauses(name: string, operand: unknown, scope: Scope): DocumentTest[] {
  if (!Array.isArray(operand)) throw badValue(`${name} must be an array`);
  if (operand.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return operand.map((clause) => {
    if (!isDocument(clause)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileDocument(clause, scope);
  });
}

/** True for `{$gt: …}`; a DBRef is a value, although its names begin with `$`. */
function isOperators(operand: unknown): operand is Document {
  if (!isDocument(operand)) return false;
  const first = Object.keys(fieldsOf(operand))[0];
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

function compileField(name: string, operand: unknown, scope: Scope): Condition[] {
  const path = compilePath(name);
  if (typeOf(operand) === T.regex) return [leaf(path, regexTest(operand as BSONRegExp), scope)];
  if (isOperators(operand)) return compileOperators(path, operand, scope);
  return [leaf(path, comparisonTest('$eq', operand), scope)];
}

/** A condition on what the path reaches: elements of an array at its end count, unless `intoLeaf` is false. */
function leaf(path: Path, test: ValueTest, scope: Scope, intoLeaf = true): Condition {
  scope.positions?.push({ path, element: test, elementOnly: false });
  if (path.parts.length === 1) {
    // The common case, without the general walk.
    const name = path.parts[0] as string;
    return {
      single: test,
      on: (document) => {
        if (Array.isArray(document)) return someAt(document, path, intoLeaf, test);
        const value = getField(document, name);
        if (intoLeaf && Array.isArray(value)) for (const element of value) if (test(element)) return true;
        return test(value);
      },
    };
  }
  return { single: test, on: (document) => someAt(document, path, intoLeaf, test) };
}

const negate = (condition: Condition): Condition => ({
  on: (document) => !condition.on(document),
  single: (value) => !condition.single(value),
});

const both = (conditions: Condition[]): Condition => ({
  on: allOf(conditions.map((condition) => condition.on)),
  single: (value) => conditions.every((condition) => condition.single(value)),
});

function compileOperators(path: Path, operators: Document, scope: Scope): Condition[] {
  const conditions: Condition[] = [];
  for (const name of Object.keys(operators)) {
    const condition = compileOperator(path, name, operators[name], operators, scope);
    if (condition) conditions.push(condition);
  }
  return conditions;
}

function compileOperator(
  path: Path,
  name: string,
  operand: unknown,
  siblings: Document,
  scope: Scope,
): Condition | undefined {
  const unpositioned: Scope = { ...scope, positions: undefined };
  switch (name) {
    case '$eq':
      return leaf(path, comparisonTest(name, operand), scope);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (typeOf(operand) === T.regex) {
        throw badValue(`Can't have RegEx as arg to predicate over field '${path.parts.join('.')}'.`);
      }
      return leaf(path, comparisonTest(name, operand), scope);
    case '$ne':
      if (typeOf(operand) === T.regex) throw badValue("Can't have regex as arg to $ne.");
      return negate(leaf(path, comparisonTest('$eq', operand), unpositioned));
    case '$in':
      return leaf(path, inTest(operand), scope);
    case '$nin':
      if (!Array.isArray(operand)) throw badValue('$nin needs an array');
      return negate(leaf(path, inTest(operand), unpositioned));
    case '$exists': {
      const exists = leaf(path, (value) => value !== undefined, unpositioned, false);
      return isTrue(operand) ? exists : negate(exists);
    }
    case '$type':
      return leaf(path, typeTest(operand), scope);
    case '$regex':
      return leaf(path, regexOperatorTest(operand, siblings.$options), scope);
    case '$options':
      if (siblings.$regex === undefined) throw badValue('$options needs a $regex');
      return undefined;
    case '$not':
      return compileNot(path, operand, unpositioned);
    case '$all':
      return compileAll(path, operand, scope);
    case '$elemMatch':
      return compileElemMatch(path, operand, scope);
    case '$size':
      return leaf(path, sizeTest(operand), unpositioned, false);
    case '$mod':
      return leaf(path, modTest(operand), scope);
    case '$bitsAllSet':
    case '$bitsAllClear':
    case '$bitsAnySet':
    case '$bitsAnyClear':
      return leaf(path, bitTest(name, operand), scope);
    case '$comment':
      return undefined;
    case '$near':
    case '$nearSphere':
      throw new MongoError('NoQueryExecutionPlans', 'unable to find index for $geoNear query');
    case '$geoWithin':
    case '$geoIntersects':
    case '$within':
      throw unsupported(name);
    default:
      throw badValue(`unknown operator: ${name}`);
  }
}

function compileNot(path: Path, operand: unknown, scope: Scope): Condition {
  if (typeOf(operand) === T.regex) return negate(leaf(path, regexTest(operand as BSONRegExp), scope));
  if (!isDocument(operand)) throw badValue('$not needs a regex or a document');
  if (Object.keys(operand).length === 0) throw badValue('$not cannot be empty');
  return negate(both(compileOperators(path, operand, scope)));
}

function compileAll(path: Path, operand: unknown, scope: Scope): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (operand.length === 0) return { on: () => false, single: () => false };
  const elements = operand.every((item) => isDocument(item) && Object.keys(item)[0] === '$elemMatch');
  return both(
    operand.map((item) => {
      if (elements) return compileElemMatch(path, item.$elemMatch, scope);
      if (isOperators(item)) throw badValue('no $ expressions in $all');
      if (typeOf(item) === T.regex) return leaf(path, regexTest(item as BSONRegExp), scope);
      return leaf(path, comparisonTest('$eq', item), scope);
    }),
  );
}

function compileElemMatch(path: Path, operand: unknown, scope: Scope): Condition {
  if (!isDocument(operand)) throw badValue('$elemMatch needs an Object');
  const element = compileElementTest(operand, scope.variables);
  scope.positions?.push({ path, element, elementOnly: true });
  const test: ValueTest = (value) => Array.isArray(value) && value.some(element);
  return { single: test, on: (document) => someAt(document, path, false, test) };
}

/** Test of one array element by `{$gt: …}` (the element itself) or `{a: …}` (the element as a document). */
function compileElementTest(operand: Document, variables: Document | undefined): ValueTest {
  const scope: Scope = { variables, positions: undefined };
  const first = Object.keys(operand)[0];
  if (isOperators(operand) && first !== '$and' && first !== '$or' && first !== '$nor' && first !== '$expr') {
    return both(compileOperators(compilePath(''), operand, scope)).single;
  }
  const test = compileDocument(operand, scope);
  return (value) => (isDocument(value) || Array.isArray(value)) && test(value as Document);
}

/**
 * Condition of `$pull` on an array element: a document is a filter of document elements, operators and regular
 * expressions test the element, any other value means equality.
 */
export function compilePullTest(condition: unknown): ValueTest {
  if (isOperators(condition) || typeOf(condition) === T.regex) {
    const test = compileFilter({ value: condition });
    return (value) => test({ value });
  }
  if (!isDocument(condition)) return (value) => equalValues(value, condition);
  const test = compileFilter(condition);
  return (value) => isDocument(value) && test(value);
}

/**
 * Fields that an upsert takes from its filter: equalities at the top level, in `$and`, in an `$or` or `$in` of
 * one, and in `$all` of one. Paths may be dotted.
 * @throws 54 if two equalities meet on one path.
 */
export function equalityFields(filter: Document): { path: string; value: unknown }[] {
  const found: { path: string; value: unknown }[] = [];
  collectEqualities(filter, found);
  for (let i = 0; i < found.length; i++) {
    for (let k = 0; k < i; k++) {
      const [a, b] = [found[i] as { path: string }, found[k] as { path: string }];
      if (a.path === b.path || a.path.startsWith(`${b.path}.`) || b.path.startsWith(`${a.path}.`)) {
        throw new MongoError(
          'NotSingleValueField',
          `cannot infer query fields to set, path '${a.path}' is matched twice`,
        );
      }
    }
  }
  return found;
}

function collectEqualities(filter: Document, found: { path: string; value: unknown }[]): void {
  const fields = fieldsOf(filter);
  for (const name of Object.keys(fields)) {
    const operand = fields[name];
    if (name === '$and' || (name === '$or' && Array.isArray(operand) && operand.length === 1)) {
      for (const clause of operand as Document[]) collectEqualities(clause, found);
    } else if (!name.startsWith('$')) {
      const value = equalityOf(operand);
      if (value !== undefined) found.push({ path: name, value });
    }
  }
}

/** The one value that an operand demands, undefined if it leaves a choice. */
function equalityOf(operand: unknown): unknown {
  if (typeOf(operand) === T.regex) return undefined;
  if (!isOperators(operand)) return operand;
  if (operand.$eq !== undefined) return operand.$eq;
  for (const list of [operand.$in, operand.$all]) {
    if (Array.isArray(list) && list.length === 1 && typeOf(list[0]) !== T.regex && !isOperators(list[0]))
      return list[0];
  }
  return undefined;
}
