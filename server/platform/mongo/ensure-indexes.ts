import type { mongo } from 'mongoose';
import type { IndexPlan } from './collection-plan.ts';

const OPTIONS_CONFLICT = 85;
const KEY_SPECS_CONFLICT = 86;

type Found = { name: string; key: Record<string, number> };

const sameKey = (one: object, other: object): boolean =>
  JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));

/**
 * Makes the planned indexes. One that stands in the way, of the same name with another key or other options, or of the
 * same key under another name, is replaced: the plan is the truth. Indexes that no plan names are left alone, because
 * somebody may have made them on purpose; what is superfluous is dropped by a step.
 * @returns the names of those that were replaced
 */
export async function ensureIndexes(
  collection: mongo.Collection,
  plans: readonly IndexPlan[],
): Promise<string[]> {
  if (plans.length === 0) return [];
  const create = (some: readonly IndexPlan[]) =>
    collection.createIndexes(
      some.map(({ key, ...options }) => ({ key: new Map(Object.entries(key)), ...options })),
    );
  const isConflict = ({ code }: { code?: number }) =>
    code === OPTIONS_CONFLICT || code === KEY_SPECS_CONFLICT;
  try {
    await create(plans);
    return [];
  } catch (error) {
    if (!isConflict(error as { code?: number })) throw error;
  }
  const replaced: string[] = [];
  for (const plan of plans) {
    // One plan can stand against two indexes: the one of its name and the one of its key.
    for (let tries = 0; ; tries++) {
      try {
        await create([plan]);
        break;
      } catch (error) {
        const inTheWay = tries < 2 && isConflict(error as { code?: number }) && (await conflicting(plan));
        if (!inTheWay) throw error;
        await collection.dropIndex(inTheWay.name);
        replaced.push(inTheWay.name);
      }
    }
  }
  return replaced;

  async function conflicting({ key, name }: IndexPlan): Promise<Found | undefined> {
    const wanted =
      name ??
      Object.entries(key)
        .map((part) => part.join('_'))
        .join('_');
    const found = (await collection.listIndexes().toArray()) as Found[];
    return found.find((one) => one.name === wanted) ?? found.find((one) => sameKey(one.key, key));
  }
}
