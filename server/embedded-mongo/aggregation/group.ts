import { type Document, Int32 } from 'bson';
import { MongoError } from '../errors.ts';
import { compareValues } from '../values/compare.ts';
import { hashKey } from '../values/hash.ts';
import { classOf, isDocument, setField, typeName, typeOf } from '../values/types.ts';
import { type Accumulator, type AccumulatorField, compileAccumulator } from './accumulators.ts';
import { compileExpression } from './expressions.ts';
import { approximateSize, MemoryBudget } from './size.ts';
import { type Stage } from './stages.ts';

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

/** Collects documents into groups and gives one document for each, in the order the groups appeared. */
function grouping(idOf: (document: Document) => unknown, fields: AccumulatorField[], stage: string): Stage {
  return async function* (source) {
    const groups = new Map<string, Group>();
    const memory = new MemoryBudget(stage);
    for await (const document of source) {
      // A missing id is the group of null.
      const id = idOf(document) ?? null;
      const key = hashKey(id);
      let group = groups.get(key);
      if (!group) {
        group = { id, accumulators: fields.map((field) => field.create()) };
        groups.set(key, group);
        memory.add(key.length + 200 + fields.length * 50);
      }
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as AccumulatorField;
        const value = field.value(document);
        if (field.keeps) memory.add(approximateSize(value));
        (group.accumulators[i] as Accumulator).add(value);
      }
    }
    for (const { id, accumulators } of groups.values()) {
      const result: Document = { _id: id };
      for (let i = 0; i < fields.length; i++) {
        setField(result, (fields[i] as AccumulatorField).name, (accumulators[i] as Accumulator).result());
      }
      yield result;
    }
  };
}

/** `$group`. @throws 15947, 15955 and those of accumulators */
export function compileGroup(spec: unknown, variables?: Document): Stage {
  if (!isDocument(spec)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, '_id')) throw new MongoError(15955, 'a group specification must include an _id');
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((name) => compileAccumulator(name, spec[name], variables));
  return grouping(compileExpression(spec._id, variables), fields, '$group');
}

const countOnly = { count: { $sum: new Int32(1) } };

/** `$bucket`. @throws 40192–40201 for bad boundaries, 40066 for a value in no bucket without `default` */
export function compileBucket(spec: unknown, variables?: Document): Stage {
  if (!isDocument(spec))
    throw new MongoError(
      40201,
      `Argument to $bucket stage must be an object, but found type: ${typeName(spec)}.`,
    );
  for (const name of Object.keys(spec)) {
    if (!['groupBy', 'boundaries', 'default', 'output'].includes(name)) {
      throw new MongoError(40197, `Unrecognized option to $bucket: ${name}.`);
    }
  }
  const { groupBy, output = countOnly } = spec;
  if (groupBy === undefined || !Array.isArray(spec.boundaries)) {
    throw new MongoError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  const boundaries = spec.boundaries.map((boundary: unknown) => compileExpression(boundary, variables)({}));
  if (boundaries.length < 2)
    throw new MongoError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  for (let i = 1; i < boundaries.length; i++) {
    if (classOf(typeOf(boundaries[i])) !== classOf(typeOf(boundaries[0]))) {
      throw new MongoError(
        40193,
        "All values in the the 'boundaries' option to $bucket must have the same type.",
      );
    }
    if (compareValues(boundaries[i - 1], boundaries[i]) >= 0) {
      throw new MongoError(40194, "The 'boundaries' option to $bucket must be sorted, in ascending order.");
    }
  }
  const hasDefault = Object.hasOwn(spec, 'default');
  const fallback = hasDefault ? compileExpression(spec.default, variables)({}) : undefined;
  const groupOf = compileExpression(groupBy, variables);
  const idOf = (document: Document): unknown => {
    const value = groupOf(document);
    if (value !== undefined && compareValues(value, boundaries[0]) >= 0) {
      for (let i = 1; i < boundaries.length; i++)
        if (compareValues(value, boundaries[i]) < 0) return boundaries[i - 1];
    }
    if (hasDefault) return fallback;
    throw new MongoError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
  const fields = Object.keys(output).map((name) => compileAccumulator(name, output[name], variables));
  const group = grouping(idOf, fields, '$bucket');
  return async function* (source) {
    const buckets: Document[] = [];
    for await (const bucket of group(source)) buckets.push(bucket);
    yield* buckets.sort((a, b) => compareValues(a._id, b._id));
  };
}
