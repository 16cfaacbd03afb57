import { type Document, Int32 } from 'bson';
import { failedToParse, MongoError } from '../errors.ts';
import { getField, isDocument, setField, T, typeName, typeOf } from '../values/types.ts';
import { compileExpression } from './expressions.ts';
import { leadingMatch, type PipelineContext } from './head.ts';
import { Scope } from './scope.ts';
import { approximateSize, MemoryBudget } from './size.ts';
import { putAt, type Stage } from './stages.ts';

/** How the inner pipeline is compiled: passed in, because pipelines know lookups and not the other way round. */
type CompilePipeline = (stages: readonly unknown[], context: PipelineContext) => Stage;

const known = ['from', 'as', 'localField', 'foreignField', 'let', 'pipeline'];

/**
 * `$lookup` by equality, by a pipeline with `let`, or both. Each input document reads the other collection
 * through the context, which can use an index on the foreign field.
 * @throws 9, 4572, 40319 for bad specifications
 */
export function compileLookup(spec: unknown, context: PipelineContext, compile: CompilePipeline): Stage {
  if (!isDocument(spec))
    throw failedToParse(`the $lookup specification must be an object, but found ${typeName(spec)}`);
  const unknown = Object.keys(spec).find((name) => !known.includes(name));
  if (unknown) throw failedToParse(`unknown argument to $lookup: ${unknown}`);
  const { from, as, localField, foreignField, pipeline } = spec;
  for (const [name, value] of Object.entries({ from, as })) {
    if (typeof value !== 'string')
      throw failedToParse(`$lookup argument '${name}' must be a string, is type ${typeName(value)}`);
  }
  const equality = localField !== undefined || foreignField !== undefined;
  if (equality && (typeof localField !== 'string' || typeof foreignField !== 'string')) {
    throw failedToParse(
      "$lookup requires both or neither of 'localField' and 'foreignField' to be specified as strings",
    );
  }
  if (!equality && !Array.isArray(pipeline)) {
    throw failedToParse(
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const run = compileInner(spec, context, compile);
  const parts = (as as string).split('.');
  return async function* (source) {
    for await (const document of source) {
      const filter = equality ? equalityFilter(document, localField as string, foreignField as string) : {};
      const memory = new MemoryBudget('$lookup');
      const found: Document[] = [];
      for await (const joined of run(document, filter)) {
        memory.add(approximateSize(joined));
        found.push(joined);
      }
      yield putAt(document, parts, found);
    }
  };
}

function compileInner(
  spec: Document,
  context: PipelineContext,
  compile: CompilePipeline,
): (document: Document, filter: Document) => AsyncIterable<Document> {
  const stages: unknown[] = Array.isArray(spec.pipeline) ? spec.pipeline : [];
  const definitions: Document = isDocument(spec.let) ? spec.let : {};
  // The inner pipeline is compiled once; its variables are read from this document, which each row refills.
  const variables: Document = { ...context.variables };
  const scope = Scope.of(context.variables);
  const assignments = Object.keys(definitions).map((name) => {
    scope.bind(name);
    setField(variables, name, null);
    return { name, value: compileExpression(definitions[name], context.variables) };
  });
  const first = stages[0];
  if (isDocument(first) && Object.hasOwn(first, '$documents')) {
    throw new MongoError(
      'NotImplemented',
      '$documents inside $lookup is not supported by the embedded store',
    );
  }
  const inner: PipelineContext = { ...context, variables };
  // A match that uses variables cannot go to `read`, which does not know them.
  const { filter: head, rest } = leadingMatch(stages);
  const pushable = assignments.length === 0 || !usesVariables(head);
  const run = compile(pushable ? rest : stages, inner);
  return (document, filter) => {
    for (const { name, value } of assignments) setField(variables, name, value(document));
    const filters = [filter, pushable ? head : {}].filter((part) => Object.keys(part).length > 0);
    return run(context.read(spec.from, filters.length > 1 ? { $and: filters } : (filters[0] ?? {})));
  };
}

function usesVariables(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('$$');
  if (Array.isArray(value)) return value.some(usesVariables);
  return isDocument(value) && Object.values(value).some(usesVariables);
}

/** Filter of the foreign documents that equal the local value, or one of its elements. */
function equalityFilter(document: Document, localField: string, foreignField: string): Document {
  const values = localValues(document, localField.split('.'));
  if (values.length === 0) return { $alwaysFalse: new Int32(1) };
  if (values.length === 1) return condition(foreignField, { $eq: values[0] });
  // $in would take a regular expression for a pattern.
  if (values.some((value) => typeOf(value) === T.regex)) {
    return { $or: values.map((value) => condition(foreignField, { $eq: value })) };
  }
  return condition(foreignField, { $in: values });
}

function condition(field: string, operators: Document): Document {
  const filter: Document = {};
  setField(filter, field, operators);
  return filter;
}

/** Local values: arrays on the way and at the end count element by element; missing is null. */
function localValues(value: unknown, parts: readonly string[]): unknown[] {
  const [name, ...rest] = parts;
  if (name === undefined) return Array.isArray(value) ? value : [value ?? null];
  if (Array.isArray(value)) return value.filter(isDocument).flatMap((element) => localValues(element, parts));
  return isDocument(value) ? localValues(getField(value, name), rest) : [null];
}
