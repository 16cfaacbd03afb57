import type { BSONRegExp, Document } from 'bson';
import { compileExpression } from '../aggregation/expressions.ts';
import { badValue, MongoError } from '../errors.ts';
import { equalValues } from '../values/compare.ts';
import { compilePath, type Path, someAt, type ValueTest } from '../values/paths.ts';
import { isTrue } from '../values/truth.ts';
import { fieldsOf, getField, isDocument, T, typeOf } from '../values/types.ts';
import { comparisonTest, inTest, regexOperatorTest, regexTest, sizeTest, typeTest } from './operators.ts';

export type DocumentTest = (document: Document) => boolean;

/** One condition on a path: as a test of documents, and of single values for `$elemMatch` and `$not`. */
interface Condition {
  on: DocumentTest;
  single: ValueTest;
}

/**
 * Compiles a filter to a test of documents.
 * @param now what `$$NOW` is in `$expr`
 * @throws MongoError as MongoDB answers: 2 for unknown operators and bad operands, 168 from `$expr`.
 */
export function compileFilter(filter: Document, now?: Date): DocumentTest {
  if (!isDocument(filter)) throw new MongoError('TypeMismatch', 'a filter must be an object');
  const tests: DocumentTest[] = [];
  const fields = fieldsOf(filter);
  for (const name of Object.keys(fields)) {
    const operand = fields[name];
    if (name.startsWith('$')) {
      const test = compileTopLevel(name, operand, now);
      if (test) tests.push(test);
    } else {
      for (const condition of compileField(name, operand, now)) tests.push(condition.on);
    }
  }
  return allOf(tests);
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

function compileTopLevel(name: string, operand: unknown, now: Date | undefined): DocumentTest | undefined {
  switch (name) {
    case '$and':
      return allOf(clauses(name, operand, now));
    case '$or': {
      const tests = clauses(name, operand, now);
      return (document) => tests.some((test) => test(document));
    }
    case '$nor': {
      const tests = clauses(name, operand, now);
      return (document) => !tests.some((test) => test(document));
    }
    case '$expr': {
      const evaluate = compileExpression(operand, now);
      return (document) => isTrue(evaluate(document));
    }
    case '$comment':
      return undefined;
    default:
      throw badValue(`the top level operator '${name}' is not supported by the embedded store`);
  }
}

function clauses(name: string, operand: unknown, now: Date | undefined): DocumentTest[] {
  if (!Array.isArray(operand)) throw badValue(`${name} must be an array`);
  if (operand.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return operand.map((clause) => {
    if (!isDocument(clause)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileFilter(clause, now);
  });
}

/** True for `{$gt: …}`; a DBRef is a value, although its names begin with `$`. */
function isOperators(operand: unknown): operand is Document {
  if (!isDocument(operand)) return false;
  const first = Object.keys(fieldsOf(operand))[0];
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

function compileField(name: string, operand: unknown, now: Date | undefined): Condition[] {
  const path = compilePath(name);
  if (typeOf(operand) === T.regex) return [leaf(path, regexTest(operand as BSONRegExp))];
  if (isOperators(operand)) return compileOperators(path, operand, now);
  return [leaf(path, comparisonTest('$eq', operand))];
}

/** A condition on what the path reaches: elements of an array at its end count, unless `intoLeaf` is false. */
function leaf(path: Path, test: ValueTest, intoLeaf = true): Condition {
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

function compileOperators(path: Path, operators: Document, now: Date | undefined): Condition[] {
  const conditions: Condition[] = [];
  for (const name of Object.keys(operators)) {
    const condition = compileOperator(path, name, operators[name], operators, now);
    if (condition) conditions.push(condition);
  }
  return conditions;
}

function compileOperator(
  path: Path,
  name: string,
  operand: unknown,
  siblings: Document,
  now: Date | undefined,
): Condition | undefined {
  switch (name) {
    case '$eq':
      return leaf(path, comparisonTest(name, operand));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (typeOf(operand) === T.regex) {
        throw badValue(`Can't have RegEx as arg to predicate over field '${path.parts.join('.')}'.`);
      }
      return leaf(path, comparisonTest(name, operand));
    case '$ne':
      if (typeOf(operand) === T.regex) throw badValue("Can't have regex as arg to $ne.");
      return negate(leaf(path, comparisonTest('$eq', operand)));
    case '$in':
      return leaf(path, inTest(operand));
    case '$nin':
      if (!Array.isArray(operand)) throw badValue('$nin needs an array');
      return negate(leaf(path, inTest(operand)));
    case '$exists': {
      const exists = leaf(path, (value) => value !== undefined, false);
      return isTrue(operand) ? exists : negate(exists);
    }
    case '$type':
      return leaf(path, typeTest(operand));
    case '$regex':
      return leaf(path, regexOperatorTest(operand, siblings.$options));
    case '$options':
      if (siblings.$regex === undefined) throw badValue('$options needs a $regex');
      return undefined;
    case '$not':
      return compileNot(path, operand, now);
    case '$all':
      return compileAll(path, operand, now);
    case '$elemMatch':
      return compileElemMatch(path, operand, now);
    case '$size':
      return leaf(path, sizeTest(operand), false);
    case '$comment':
      return undefined;
    default:
      throw badValue(`the operator '${name}' is not supported by the embedded store`);
  }
}

function compileNot(path: Path, operand: unknown, now: Date | undefined): Condition {
  if (typeOf(operand) === T.regex) return negate(leaf(path, regexTest(operand as BSONRegExp)));
  if (!isDocument(operand)) throw badValue('$not needs a regex or a document');
  if (Object.keys(operand).length === 0) throw badValue('$not cannot be empty');
  return negate(both(compileOperators(path, operand, now)));
}

function compileAll(path: Path, operand: unknown, now: Date | undefined): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (operand.length === 0) return { on: () => false, single: () => false };
  const elements = operand.every((item) => isDocument(item) && Object.keys(item)[0] === '$elemMatch');
  return both(
    operand.map((item) => {
      if (elements) return compileElemMatch(path, item.$elemMatch, now);
      if (isOperators(item)) throw badValue('no $ expressions in $all');
      if (typeOf(item) === T.regex) return leaf(path, regexTest(item as BSONRegExp));
      return leaf(path, comparisonTest('$eq', item));
    }),
  );
}

function compileElemMatch(path: Path, operand: unknown, now: Date | undefined): Condition {
  if (!isDocument(operand)) throw badValue('$elemMatch needs an Object');
  const element = compileElementTest(operand, now);
  const test: ValueTest = (value) => Array.isArray(value) && value.some(element);
  return { single: test, on: (document) => someAt(document, path, false, test) };
}

/** Test of one array element by `{$gt: …}` (the element itself) or `{a: …}` (the element as a document). */
function compileElementTest(operand: Document, now: Date | undefined): ValueTest {
  const first = Object.keys(operand)[0];
  if (isOperators(operand) && first !== '$and' && first !== '$or' && first !== '$nor' && first !== '$expr') {
    return both(compileOperators(compilePath(''), operand, now)).single;
  }
  const test = compileFilter(operand, now);
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
