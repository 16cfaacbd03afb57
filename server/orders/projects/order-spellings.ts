// Orders as they are looked up by a number that may be written otherwise.
import { numberKey } from '@svodka/shared/contracts/order-number';
import type { mongo } from 'mongoose';
import type { ProjectDoc } from './project.schema.ts';

/** The orders that these numbers may mean. */
export const spelled = (numbers: readonly string[]): mongo.Filter<ProjectDoc> =>
  ({
    $or: [{ number: { $in: [...numbers] } }, { numberKey: { $in: [...new Set(numbers.map(numberKey))] } }],
  }) as mongo.Filter<ProjectDoc>;

/** By each of the numbers the order that it means: the one that is written just so, else the one that has its key. */
export function bySpelling<T extends Pick<ProjectDoc, 'number' | 'numberKey'>>(
  numbers: readonly string[],
  found: readonly T[],
): Map<string, T> {
  const same = new Map(found.map((one) => [one.number, one]));
  const alike = new Map(found.flatMap((one) => (one.numberKey ? [[one.numberKey, one] as const] : [])));
  return new Map(
    numbers.flatMap((number) => {
      const one = same.get(number) ?? alike.get(numberKey(number));
      return one ? [[number, one] as const] : [];
    }),
  );
}
