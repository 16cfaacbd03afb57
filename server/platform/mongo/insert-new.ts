import type { mongo } from 'mongoose';

const DUPLICATE = 11_000;

type BulkError = {
  code?: number;
  insertedCount?: number;
  writeErrors?: { code?: number }[] | { code?: number };
};

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
    const { code, writeErrors, insertedCount = 0 } = error as BulkError;
    const errors = writeErrors === undefined ? [{ code }] : [writeErrors].flat();
    if (errors.length === 0 || errors.some((one) => one.code !== DUPLICATE)) throw error;
    return insertedCount;
  }
}
