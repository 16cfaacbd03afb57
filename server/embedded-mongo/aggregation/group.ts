import { type Document, Int32 } from 'bson';
import { MongoError } from '../errors.ts';
import { hashKey } from '../values/hash.ts';
import { addNumbers } from '../values/number.ts';
import { isDocument, isNumber, setField } from '../values/types.ts';
import { compileExpression } from './expressions.ts';
import type { Evaluate } from './operators.ts';
import type { Stage } from './stages.ts';

/** What a group may hold, as in MongoDB; there is no spilling to disk, whatever `allowDiskUse` says. */
const MAX_BYTES = 100 * 1024 * 1024;

interface Sum {
  name: string;
  value: Evaluate;
}

/** Compiles `name: {$sum: …}`, the one accumulator. @throws 40234–40238, 15952 */
function compileSum(name: string, spec: unknown, now?: Date): Sum {
  if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$'))
    throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
  const operators = isDocument(spec) ? Object.keys(spec) : [];
  const [operator] = operators;
  if (!operator?.startsWith('$'))
    throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  if (operators.length !== 1) throw new MongoError(40238, `The field '${name}' must specify one accumulator`);
  if (operator !== '$sum')
    throw new MongoError(15952, `the accumulator '${operator}' is not supported by the embedded store`);
  const operand: unknown = (spec as Document).$sum;
  if (Array.isArray(operand)) throw new MongoError(40237, 'The $sum accumulator is a unary operator');
  return { name, value: compileExpression(operand, now) };
}

/**
 * `$group`: one document for each group, in the order the groups appeared; a missing id is the group of null.
 * @throws 15947, 15955, 292 above 100 MB and those of accumulators
 */
export function compileGroup(spec: unknown, now?: Date): Stage {
  if (!isDocument(spec)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, '_id')) throw new MongoError(15955, 'a group specification must include an _id');
  const idOf = compileExpression(spec._id, now);
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((name) => compileSum(name, spec[name], now));
  return async function* (source) {
    const groups = new Map<string, Document>();
    let bytes = 0;
    for await (const document of source) {
      const id = idOf(document) ?? null;
      const key = hashKey(id);
      let group = groups.get(key);
      if (!group) {
        group = { _id: id };
        for (const { name } of fields) setField(group, name, new Int32(0));
        groups.set(key, group);
        bytes += key.length + 200 + fields.length * 50;
        if (bytes > MAX_BYTES)
          throw new MongoError(
            'QueryExceededMemoryLimitNoDiskUseAllowed',
            `Exceeded memory limit for $group of ${MAX_BYTES} bytes; the embedded store does not spill to disk`,
          );
      }
      for (const { name, value } of fields) {
        const added = value(document);
        if (isNumber(added)) setField(group, name, addNumbers(group[name], added));
      }
    }
    yield* groups.values();
  };
}
