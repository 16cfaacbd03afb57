import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { compileAddFields, compileProject, compileUnset } from '../query/projection.ts';
import { fieldsOf, isDocument } from '../values/types.ts';

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

const compilers: Record<string, (spec: unknown, now?: Date) => Transform> = {
  $match: (spec, now) => {
    if (!isDocument(spec)) throw new MongoError(15959, 'the match filter must be an expression in an object');
    const test = compileFilter(spec, now);
    return (document) => (test(document) ? document : null);
  },
  $project: compileProject,
  $addFields: compileAddFields,
  $set: compileAddFields,
  $unset: compileUnset,
};

/** True for a stage that `compileTransform` knows. */
export const isTransform = (name: string): boolean => Object.hasOwn(compilers, name);

/** Compiles a stage that works on one document at a time; the caller asked `isTransform` before. */
export function compileTransform(stage: unknown, now?: Date): Transform {
  const { name, spec } = stageOf(stage);
  return (compilers[name] as (spec: unknown, now?: Date) => Transform)(spec, now);
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
