import { MongoError } from '../../errors.ts';
import { compareValues } from '../../values/compare.ts';
import { hashKey } from '../../values/hash.ts';
import { isTrue } from '../../values/truth.ts';
import { typeName } from '../../values/types.ts';
import { type OperatorTable } from '../scope.ts';
import { binary, isNullish, unary, variadic } from './operands.ts';

function requireSet(name: string, value: unknown, code: number): unknown[] {
  if (!Array.isArray(value)) {
    throw new MongoError(
      code,
      `All operands of ${name} must be arrays. One argument is of type: ${typeName(value)}`,
    );
  }
  return value;
}

const keysOf = (values: unknown[]): Map<string, unknown> => {
  const keys = new Map<string, unknown>();
  for (const value of values) if (!keys.has(hashKey(value))) keys.set(hashKey(value), value);
  return keys;
};

/** MongoDB keeps sets sorted, although it promises no order. */
const setOf = (keys: Map<string, unknown>): unknown[] => [...keys.values()].sort(compareValues);

/** Lists as sets. */
export const sets: OperatorTable = {
  $setUnion: variadic('$setUnion', (values) => {
    if (values.some(isNullish)) return null;
    return setOf(keysOf(values.flatMap((value) => requireSet('$setUnion', value, 17043))));
  }),
  $setIntersection: variadic('$setIntersection', (values) => {
    if (values.some(isNullish)) return null;
    const lists = values.map((value) => requireSet('$setIntersection', value, 17047));
    const [first = [], ...others] = lists.map(keysOf);
    const common = [...first].filter(([key]) =>
      others.every((other) => (other as Map<string, unknown>).has(key)),
    );
    return setOf(new Map(common));
  }),
  $setDifference: binary('$setDifference', (a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    const without = keysOf(requireSet('$setDifference', b, 17049));
    const kept = keysOf(requireSet('$setDifference', a, 17048));
    return [...kept].filter(([key]) => !without.has(key)).map(([, value]) => value);
  }),
  $setEquals: variadic('$setEquals', (values) => {
    if (values.length < 2)
      throw new MongoError(17045, `$setEquals needs at least two arguments had: ${values.length}`);
    const [first, ...others] = values.map((value) => keysOf(requireSet('$setEquals', value, 17044)));
    return others.every(
      (other) => other.size === first?.size && [...other.keys()].every((key) => first.has(key)),
    );
  }),
  $setIsSubset: binary('$setIsSubset', (a, b) => {
    const all = keysOf(requireSet('$setIsSubset', b, 17042));
    return requireSet('$setIsSubset', a, 17046).every((value) => all.has(hashKey(value)));
  }),
  $allElementsTrue: unary('$allElementsTrue', (value) =>
    requireSet('$allElementsTrue', value, 17040).every(isTrue),
  ),
  $anyElementTrue: unary('$anyElementTrue', (value) =>
    requireSet('$anyElementTrue', value, 17041).some(isTrue),
  ),
};
