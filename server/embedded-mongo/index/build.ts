import type { Operation } from '../commands/operation.ts';
import type { Engine } from '../engine.ts';
import { type Collection, recordsOf } from '../storage/catalog.ts';
import { recordOfKey } from '../storage/keys.ts';
import type { Index, IndexSpec } from './index.ts';

/**
 * Makes an index over what a collection holds. Statements that run meanwhile keep the unfinished index up to
 * date, nothing reads it until every older document has its entries; a build that was cut off by a crash is
 * discarded at the next start.
 *
 * @throws MongoError 11000 when the documents break its uniqueness; the index is then gone again
 */
export async function buildIndex(
  engine: Engine,
  collection: Collection,
  spec: Omit<IndexSpec, 'id'>,
  operation: Operation,
): Promise<Index> {
  const { catalog, store, records } = engine;
  const index = catalog.addIndex(collection, spec);
  const { low, high } = recordsOf(collection);
  const cursor = store.latest.range(low, high);
  try {
    for (let entry = cursor.next(); entry; entry = cursor.next()) {
      const found = records.read(store.latest, collection, recordOfKey(entry.key));
      if (found) records.addToIndex(collection, index, found);
      if (operation.spent) {
        cursor.pause();
        await operation.breathe();
        await store.ready();
      }
    }
  } catch (error) {
    const present = catalog.find(collection.db, collection.name);
    const unfinished = present?.indexes.find(({ spec }) => spec.id === index.spec.id && !spec.ready);
    if (present && unfinished) catalog.dropIndex(present, unfinished);
    throw error;
  } finally {
    cursor.pause();
  }
  index.spec.ready = true;
  catalog.save(collection);
  return index;
}
