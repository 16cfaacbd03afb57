import { type Document } from 'bson';
import { isDocument } from '../values/types.ts';
import { stageCount } from './stages.ts';
import { stageOf } from './transforms.ts';

/** Filters at the head of a pipeline as one, and the stages after them. */
function leadingMatch(stages: readonly unknown[]): { filter: Document; rest: Document[] } {
  const filters: Document[] = [];
  let i = 0;
  for (; i < stages.length; i++) {
    const { name, spec } = stageOf(stages[i]);
    if (name !== '$match' || !isDocument(spec)) break;
    filters.push(spec);
  }
  const filter = filters.length > 1 ? { $and: filters } : (filters[0] ?? {});
  return { filter, rest: stages.slice(i) as Document[] };
}

/** The head of a pipeline that a planner can do, and what is left to run. */
export interface Head {
  filter: Document;
  sort?: Document;
  skip?: number;
  limit?: number;
  rest: Document[];
}

/**
 * Splits off a leading `$match`… `$sort` `$skip` `$limit`. They apply in this order; a stage that does not fit
 * it stays in `rest`. The specifications are not validated here.
 */
export function leadingMatchSort(stages: readonly Document[]): Head {
  const { filter, rest } = leadingMatch(stages);
  const head: Head = { filter, rest };
  let i = 0;
  const next = (name: string): unknown => {
    const stage = rest[i];
    return stage && stageOf(stage).name === name ? stageOf(stage).spec : undefined;
  };
  const sort = next('$sort');
  if (isDocument(sort) && Object.keys(sort).length > 0) {
    head.sort = sort;
    i++;
  }
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
  head.rest = rest.slice(i);
  return head;
}
