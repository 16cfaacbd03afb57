import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { wholeOf } from '../values/number.ts';
import { isDocument, isNumber, typeName } from '../values/types.ts';
import { stageOf } from './transforms.ts';

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
const stageCount = (spec: unknown): number | undefined => (isNumber(spec) ? wholeOf(spec) : undefined);

/** The head of a pipeline that a planner can do, and what is left to run. */
export interface Head {
  filter: Document;
  skip?: number;
  limit?: number;
  rest: readonly Document[];
}

/**
 * Splits off a leading `$match`… `$skip` `$limit`. They apply in this order; a stage that does not fit it stays in
 * `rest`. The specifications are not validated here.
 */
export function leadingMatch(stages: readonly Document[]): Head {
  let i = 0;
  const next = (name: string): unknown => {
    const stage = stages[i];
    return stage && stageOf(stage).name === name ? stageOf(stage).spec : undefined;
  };
  const filters: Document[] = [];
  for (let spec = next('$match'); isDocument(spec); spec = next('$match')) {
    filters.push(spec);
    i++;
  }
  const head: Head = { filter: filters.length > 1 ? { $and: filters } : (filters[0] ?? {}), rest: [] };
  const skip = stageCount(next('$skip'));
  if (skip !== undefined && skip >= 0) {
    head.skip = skip;
    i++;
  }
  const limit = stageCount(next('$limit'));
  if (limit !== undefined && limit > 0) {
    head.limit = limit;
    i++;
  }
  return { ...head, rest: stages.slice(i) };
}
