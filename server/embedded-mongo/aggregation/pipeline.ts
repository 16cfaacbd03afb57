import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { isDocument, typeName } from '../values/types.ts';
import { compileGroup } from './group.ts';
import { approximateSize, MemoryBudget } from './size.ts';
import {
  compileCount,
  compileLimit,
  compileSkip,
  compileSortStage,
  compileUnwind,
  type Source,
  type Stage,
  stageCount,
} from './stages.ts';
import { chain, compileTransform, isTransform, stageOf, type Transform } from './transforms.ts';

/**
 * Compiles a pipeline once; the result may be run any number of times, one run at a time.
 * @param now what `$$NOW` is
 * @throws MongoError 40324 for stages that are not there, and what the stages throw
 */
export function compilePipeline(stages: readonly unknown[], now = new Date()): Stage {
  const compiled: Stage[] = [];
  let transforms: Transform[] = [];
  const flush = (): void => {
    if (transforms.length > 0) compiled.push(transformStage(chain(transforms)));
    transforms = [];
  };
  stages.forEach((stage, i) => {
    const { name, spec } = stageOf(stage);
    if (isTransform(name)) {
      transforms.push(compileTransform(stage, now));
      return;
    }
    flush();
    compiled.push(compileStage(name, spec, stages.slice(i + 1), now));
  });
  flush();
  return (source) =>
    compiled.reduce<AsyncIterable<Document>>((input, stage) => stage(input), asAsync(source));
}

async function* asAsync(source: Source): AsyncIterable<Document> {
  yield* source;
}

/** Stages that see one document at a time run as one function. */
const transformStage = (transform: Transform): Stage =>
  async function* (source) {
    for await (const document of source) {
      const result = transform(document);
      if (result !== null) yield result;
    }
  };

function compileStage(name: string, spec: unknown, rest: readonly unknown[], now: Date): Stage {
  switch (name) {
    case '$sort':
      return compileSortStage(spec, limitAfterSort(rest));
    case '$skip':
      return compileSkip(spec);
    case '$limit':
      return compileLimit(spec);
    case '$group':
      return compileGroup(spec, now);
    case '$count':
      return compileCount(spec);
    case '$unwind':
      return compileUnwind(spec);
    case '$facet':
      return compileFacet(spec, now);
    default:
      throw new MongoError(
        'UnrecognizedPipelineStage',
        `the pipeline stage '${name}' is not supported by the embedded store`,
      );
  }
}

/** How many sorted documents are wanted at most when `$skip` and `$limit` follow directly. */
function limitAfterSort(rest: readonly unknown[]): number | undefined {
  let skipped = 0;
  for (const stage of rest) {
    const { name, spec } = stageOf(stage);
    const count = stageCount(spec);
    if (count === undefined) return undefined;
    if (name === '$limit') return count > 0 ? skipped + count : undefined;
    if (name !== '$skip') return undefined;
    skipped += count;
  }
  return undefined;
}

function compileFacet(spec: unknown, now: Date): Stage {
  if (!isDocument(spec) || Object.keys(spec).length === 0) {
    throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = Object.keys(spec).map((name) => {
    const stages: unknown = spec[name];
    if (!Array.isArray(stages)) {
      throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(stages)}`);
    }
    if (stages.some((stage) => stageOf(stage).name === '$facet')) {
      throw new MongoError(40600, '$facet is not allowed to be used within a $facet stage');
    }
    return { name, run: compilePipeline(stages, now) };
  });
  return async function* (source) {
    const documents: Document[] = [];
    const memory = new MemoryBudget('$facet');
    for await (const document of source) {
      memory.add(approximateSize(document));
      documents.push(document);
    }
    const result: Document = {};
    for (const { name, run } of facets) {
      const output: Document[] = [];
      for await (const document of run(documents)) {
        memory.add(approximateSize(document));
        output.push(document);
      }
      result[name] = output;
    }
    yield result;
  };
}
