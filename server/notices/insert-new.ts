import type { mongo } from 'mongoose';

const DUPLICATE = 11_000;

/** Inserts in one go; documents whose id is taken are left as they are. Any other fault is thrown. */
export async function insertNew<D extends { _id: string }>(
  collection: mongo.Collection<D>,
  docs: D[],
): Promise<void> {
  if (docs.length === 0) return;
  try {
    await collection.insertMany(docs as mongo.OptionalUnlessRequiredId<D>[], { ordered: false });
  } catch (error) {
    const { code, writeErrors } = error as {
      code?: number;
      writeErrors?: { code?: number }[] | { code?: number };
    };
    const errors = writeErrors === undefined ? [{ code }] : [writeErrors].flat();
    if (errors.length === 0 || errors.some((one) => one.code !== DUPLICATE)) throw error;
  }
}
