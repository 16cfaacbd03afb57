import { type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { compileAddFields, compileProject, compileUnset } from '../query/projection.ts';
import { describe } from '../values/describe.ts';
import { fieldsOf, isDocument, setField, typeName } from '../values/types.ts';
import { compileExpression } from './expressions.ts';

/** A stage that sees one document at a time: the new document, or null if it is filtered out. */
export type Transform = (document: Document) => Document | null;

/** Name and specification of a stage. @throws 40323 unless it is a document of one field */
export function stageOf(stage: unknown): { name: string; spec: unknown } {
  const names = isDocument(stage) ? Object.keys(fieldsOf(stage)) : [];
  if (names.length !== 1) {
    throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  const name = names[0] as string;
  return { name, spec: (stage as Document)[name] };
}

const compilers: Record<string, (spec: unknown, variables?: Document) => Transform> = {
  $match: (spec, variables) => {
    if (!isDocument(spec)) throw new MongoError(15959, 'the match filter must be an expression in an object');
    const test = compileFilter(spec, variables ? { let: variables } : {});
    return (document) => (test(document) ? document : null);
  },
  $project: compileProject,
  $addFields: compileAddFields,
  $set: compileAddFields,
  $unset: compileUnset,
  $replaceRoot: (spec, variables) => {
    if (!isDocument(spec) || !Object.hasOwn(spec, 'newRoot')) {
      throw new MongoError(40231, 'no newRoot specified for the $replaceRoot stage');
    }
    return replaceRoot(spec.newRoot, variables);
  },
  $replaceWith: (spec, variables) => replaceRoot(spec, variables),
  $redact: (spec, variables) => redact(spec, variables),
};

function replaceRoot(expression: unknown, variables: Document | undefined): Transform {
  const evaluate = compileExpression(expression, variables);
  return (document) => {
    const root = evaluate(document);
    if (isDocument(root)) return root;
    throw new MongoError(
      40228,
      `'newRoot' expression  must evaluate to an object, but resulting value was: ${describe(root)}. Type of resulting value: '${typeName(root)}'.`,
    );
  };
}

function redact(expression: unknown, variables: Document | undefined): Transform {
  const decisions = { DESCEND: '$$DESCEND', PRUNE: '$$PRUNE', KEEP: '$$KEEP' };
  const evaluate = compileExpression(expression, { ...variables, ...decisions });
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside).filter((element) => element !== undefined);
    return isDocument(value) ? (visit(value) ?? undefined) : value;
  };
  const visit = (document: Document): Document | null => {
    const decision = evaluate(document);
    if (decision === decisions.KEEP) return document;
    if (decision === decisions.PRUNE) return null;
    if (decision !== decisions.DESCEND) {
      throw new MongoError(
        17053,
        `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${describe(decision)}`,
      );
    }
    const fields = fieldsOf(document);
    const result: Document = {};
    for (const name of Object.keys(fields)) {
      const value = inside(fields[name]);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
  return visit;
}

/** True for a stage that `compileTransform` knows. */
export const isTransform = (name: string): boolean => Object.hasOwn(compilers, name);

/** Compiles a stage that works on one document at a time; the caller asked `isTransform` before. */
export function compileTransform(stage: unknown, variables?: Document): Transform {
  const { name, spec } = stageOf(stage);
  return (compilers[name] as (spec: unknown, variables?: Document) => Transform)(spec, variables);
}

/** Several transforms as one. */
export function chain(transforms: Transform[]): Transform {
  if (transforms.length === 1) return transforms[0] as Transform;
  return (document) => {
    let current: Document | null = document;
    for (const transform of transforms) {
      current = transform(current);
      if (current === null) return null;
    }
    return current;
  };
}

/**
 * The stages behind `$changeStream`, as a function of one event: the event to send, or null.
 * @throws 20 for stages that a change stream does not permit
 */
export function compileStreamTransform(stages: readonly Document[], variables?: Document): Transform {
  const transforms = stages.map((stage) => {
    const { name } = stageOf(stage);
    if (!isTransform(name)) {
      throw new MongoError('IllegalOperation', `${name} is not permitted in a $changeStream pipeline`);
    }
    return compileTransform(stage, variables);
  });
  return chain(transforms);
}
