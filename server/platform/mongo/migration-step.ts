import type { mongo } from 'mongoose';

/** What a step works with while it runs. */
export type StepRun = {
  db: mongo.Db;
  /** Where the run before this one ended, as the step itself said; null: at the beginning. */
  resumeAt: string | null;
  /**
   * Keeps how far the step is, and how many documents it has changed since the last time.
   * @throws LeaseLost when another node has taken over meanwhile: the step must end
   */
  reached(place: string | null, changed: number): Promise<void>;
};

/**
 * One numbered change of what is stored. The version of the data is the number of its newest step; 1 is what there was
 * before there were steps. A step that has been published keeps its number and its meaning for ever.
 *
 * It may be killed at any instant and begun again, from the last place it kept or an earlier one: done twice it must
 * end as done once. While it runs, a node of the former version may still write.
 */
export type MigrationStep = {
  number: number;
  /** One line, for the log: what the data is afterwards. */
  name: string;
  run(step: StepRun): Promise<void>;
};

const BATCH = 500;
const INDEX_NOT_FOUND = 27;
const NAMESPACE_NOT_FOUND = 26;

/**
 * Walks the documents of a collection by id and writes what `change` says of each: an object of fields to set, or null
 * to leave it. Guarded by the version, which rises, so that feeds hear of it and no write of a node that is still at
 * work is lost: whoever has changed meanwhile is looked at again.
 * @param change of a whole batch at once, in its order; null for what has its new form already
 */
export async function rewriteInBatches<D extends { _id: string; version: number }>(
  step: StepRun,
  collection: string,
  filter: mongo.Filter<D>,
  change: (docs: D[]) => (Partial<D> | null)[] | Promise<(Partial<D> | null)[]>,
): Promise<void> {
  const docs = step.db.collection<D>(collection);
  let after = step.resumeAt;
  for (;;) {
    const rest = after === null ? filter : ({ $and: [filter, { _id: { $gt: after } }] } as mongo.Filter<D>);
    const batch = (await docs.find(rest).sort({ _id: 1 }).limit(BATCH).toArray()) as D[];
    const changes = await change(batch);
    const writes = batch.flatMap(({ _id, version }, index) => {
      const set = changes[index];
      if (!set) return [];
      const update = { $set: set, $inc: { version: 1 } };
      return [{ updateOne: { filter: { _id, version }, update } }];
    });
    const written =
      writes.length > 0
        ? (await docs.bulkWrite(writes as unknown as mongo.AnyBulkWriteOperation<D>[], { ordered: false }))
            .matchedCount
        : 0;
    if (written < writes.length) {
      await step.reached(after, written);
      continue;
    }
    after = batch.at(-1)?._id ?? after;
    await step.reached(after, written);
    if (batch.length < BATCH) return;
  }
}

/** Drops an index that nothing uses any more; one that is gone already is no fault. */
export async function dropIndex({ db }: StepRun, collection: string, name: string): Promise<void> {
  await db
    .collection(collection)
    .dropIndex(name)
    .catch((error: { code?: number }) => {
      if (error.code !== INDEX_NOT_FOUND && error.code !== NAMESPACE_NOT_FOUND) throw error;
    });
}
