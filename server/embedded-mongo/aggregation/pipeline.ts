import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { compileGroup } from './group.ts';
import { compileLimit, compileSkip, type Source, type Stage } from './stages.ts';
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
  for (const stage of stages) {
    const { name, spec } = stageOf(stage);
    if (isTransform(name)) transforms.push(compileTransform(stage, now));
    else {
      flush();
      compiled.push(compileStage(name, spec, now));
    }
  }
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

function compileStage(name: string, spec: unknown, now: Date): Stage {
  switch (name) {
    case '$skip':
      return compileSkip(spec);
    case '$limit':
      return compileLimit(spec);
    case '$group':
      return compileGroup(spec, now);
    default:
      throw new MongoError(
        'UnrecognizedPipelineStage',
        `the pipeline stage '${name}' is not supported by the embedded store`,
      );
  }
}
