import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import { hashKey } from '../values/hash.ts';
import { isDocument, setField } from '../values/types.ts';
import { type Accumulator, type AccumulatorField, compileAccumulator } from './accumulators.ts';
import { compileExpression } from './expressions.ts';
import { approximateSize, MemoryBudget } from './size.ts';
import { type Stage } from './stages.ts';

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

/** Collects documents into groups and gives one document for each, in the order the groups appeared. */
function grouping(idOf: (document: Document) => unknown, fields: AccumulatorField[]): Stage {
  return async function* (source) {
    const groups = new Map<string, Group>();
    const memory = new MemoryBudget('$group');
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
export function compileGroup(spec: unknown, now?: Date): Stage {
  if (!isDocument(spec)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, '_id')) throw new MongoError(15955, 'a group specification must include an _id');
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((name) => compileAccumulator(name, spec[name], now));
  return grouping(compileExpression(spec._id, now), fields);
}
