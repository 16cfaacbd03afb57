import type { mongo } from 'mongoose';
import { isDuplicateKey } from '../errors/translate-driver-error.ts';

/** A document that was not inserted, by its place among those that went together. */
export type Refused = { index: number; code: number };

/** Which documents an error of several inserts is about; none: the command failed as a whole. */
export function refusedIn(error: unknown): Refused[] {
  const { writeErrors = [] } = error as { writeErrors?: Refused | Refused[] };
  return [writeErrors].flat();
}

/**
 * Inserts in one go; documents whose id or other unique key is taken are left as they are.
 * @returns how many were new
 * @throws any other fault
 */
export async function insertNew<D extends { _id: string }>(
  collection: mongo.Collection<D>,
  docs: D[],
): Promise<number> {
  if (docs.length === 0) return 0;
  try {
    const result = await collection.insertMany(docs as mongo.OptionalUnlessRequiredId<D>[], {
      ordered: false,
    });
    return result.insertedCount;
  } catch (error) {
    const refused = refusedIn(error);
    // An error that lists none may be about the one that was sent.
    const isTaken = refused.length > 0 ? refused.every(isDuplicateKey) : isDuplicateKey(error);
    if (!isTaken) throw error;
    const { insertedCount = 0 } = error as { insertedCount?: number };
    return insertedCount;
  }
}
