import { type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { describe } from '../values/describe.ts';
import { isDocument, typeName } from '../values/types.ts';
import { compileExpression } from './expressions.ts';
import { compileBucket, compileGroup } from './group.ts';
import { leadingMatch, type PipelineContext } from './head.ts';
import { compileLookup } from './lookup.ts';
import { approximateSize, MemoryBudget } from './size.ts';
import {
  compileCount,
  compileLimit,
  compileSample,
  compileSkip,
  compileSortStage,
  compileUnwind,
  documentsOf,
  type Source,
  type Stage,
  stageCount,
} from './stages.ts';
import { chain, compileTransform, isTransform, stageOf, type Transform } from './transforms.ts';

export { leadingMatchSort, type PipelineContext } from './head.ts';
export { compileStreamTransform } from './transforms.ts';

/** Stages of MongoDB that this store leaves out; anything else is not a stage at all. */
const leftOut = new Set([
  '$bucketAuto',
  '$changeStream',
  '$changeStreamSplitLargeEvent',
  '$collStats',
  '$currentOp',
  '$densify',
  '$fill',
  '$geoNear',
  '$graphLookup',
  '$indexStats',
  '$listLocalSessions',
  '$listSessions',
  '$merge',
  '$out',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$vectorSearch',
]);

/**
 * Compiles a pipeline once; the result may be run any number of times, one run at a time.
 * @throws MongoError 40324 for unknown stages and those left out, and what the stages throw
 */
export function compilePipeline(stages: readonly unknown[], context: PipelineContext): Stage {
  const compiled: Stage[] = [];
  let transforms: Transform[] = [];
  const flush = (): void => {
    if (transforms.length > 0) compiled.push(transformStage(chain(transforms)));
    transforms = [];
  };
  stages.forEach((stage, i) => {
    const { name, spec } = stageOf(stage);
    if (isTransform(name)) {
      transforms.push(compileTransform(stage, context.variables));
      return;
    }
    flush();
    if (name === '$documents' && i > 0) {
      throw new MongoError(40602, '$documents is only valid as the first stage in a pipeline');
    }
    compiled.push(compileStage(name, spec, stages.slice(i + 1), context));
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

function compileStage(
  name: string,
  spec: unknown,
  rest: readonly unknown[],
  context: PipelineContext,
): Stage {
  const { variables } = context;
  switch (name) {
    case '$sort':
      return compileSortStage(spec, limitAfterSort(rest));
    case '$skip':
      return compileSkip(spec);
    case '$limit':
      return compileLimit(spec);
    case '$group':
      return compileGroup(spec, variables);
    case '$bucket':
      return compileBucket(spec, variables);
    case '$count':
      return compileCount(spec);
    case '$sortByCount':
      return compileSortByCount(spec, variables);
    case '$unwind':
      return compileUnwind(spec);
    case '$sample':
      return compileSample(spec);
    case '$facet':
      return compileFacet(spec, context);
    case '$lookup':
      return compileLookup(spec, context, compilePipeline);
    case '$unionWith':
      return compileUnionWith(spec, context);
    case '$documents': {
      const evaluate = compileExpression(spec, variables);
      return async function* () {
        yield* documentsOf(evaluate({}));
      };
    }
    default:
      if (leftOut.has(name)) {
        throw new MongoError('UnrecognizedPipelineStage', `${name} is not supported by the embedded store`);
      }
      throw new MongoError('UnrecognizedPipelineStage', `Unrecognized pipeline stage name: '${name}'`);
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

function compileSortByCount(spec: unknown, variables: Document | undefined): Stage {
  if (!(typeof spec === 'string' && spec.startsWith('$')) && !isDocument(spec)) {
    throw new MongoError(
      40147,
      `the sortByCount field must be defined as a $-prefixed path or an expression inside an object`,
    );
  }
  const group = compileGroup({ _id: spec, count: { $sum: 1 } }, variables);
  const sort = compileSortStage({ count: -1 });
  return (source) => sort(group(source));
}

function compileFacet(spec: unknown, context: PipelineContext): Stage {
  if (!isDocument(spec) || Object.keys(spec).length === 0) {
    throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = Object.keys(spec).map((name) => {
    const stages: unknown = spec[name];
    if (!Array.isArray(stages)) {
      throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(stages)}`);
    }
    for (const stage of stages) {
      const inner = stageOf(stage).name;
      if (inner === '$facet' || inner === '$out' || inner === '$merge' || inner === '$documents') {
        throw new MongoError(40600, `${inner} is not allowed to be used within a $facet stage`);
      }
    }
    return { name, run: compilePipeline(stages, context) };
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

function compileUnionWith(spec: unknown, context: PipelineContext): Stage {
  const fields: Document = typeof spec === 'string' ? { coll: spec } : isDocument(spec) ? spec : {};
  const { coll, pipeline = [] } = fields;
  if (typeof coll !== 'string' || !Array.isArray(pipeline)) {
    throw new MongoError(
      'FailedToParse',
      `the $unionWith stage specification must be an object or string, but found ${describe(spec)}`,
    );
  }
  const { filter, rest } = leadingMatch(pipeline);
  const run = compilePipeline(rest, context);
  return async function* (source) {
    yield* source;
    yield* run(context.read(coll, filter));
  };
}
