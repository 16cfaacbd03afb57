import { numberKey } from '@svodka/shared/contracts/order-number';
import { isDuplicateKey } from '../../platform/errors/translate-driver-error.ts';
import type { MigrationStep } from '../../platform/mongo/migration-step.ts';
import type { ProjectDoc } from './project.schema.ts';

const BATCH = 500;

/**
 * Two that differ by their spelling only stay two: the older one has the key, the other is found by its very number. It
 * is nobody's edit, so versions stay; an order whose number a node of the former version changes meanwhile is looked at again.
 */
export const NUMBER_KEYS: MigrationStep = {
  number: 26,
  name: 'orders have what of their numbers is compared',
  async run({ db, resumeAt, reached }) {
    const orders = db.collection<ProjectDoc>('projects');
    const taken = new Map<string, string>();
    const keyed = orders.find({ numberKey: { $exists: true } }, { projection: { numberKey: 1 } });
    for await (const { _id, numberKey: key } of keyed) if (key) taken.set(key, _id);
    for (let after = resumeAt; ; ) {
      const batch = await orders
        .find(after === null ? {} : { _id: { $gt: after } }, { projection: { number: 1, numberKey: 1 } })
        .sort({ _id: 1 })
        .limit(BATCH)
        .toArray();
      const writes = batch.flatMap(({ _id, number, numberKey: before }) => {
        const key = numberKey(number);
        if (before !== undefined || taken.has(key)) return [];
        taken.set(key, _id);
        return [{ updateOne: { filter: { _id, number }, update: { $set: { numberKey: key } } } }];
      });
      const matched =
        writes.length > 0 ? (await orders.bulkWrite(writes, { ordered: false })).matchedCount : 0;
      if (matched < writes.length) {
        const mine = new Set(batch.map(({ _id }) => _id));
        for (const [key, id] of taken) if (mine.has(id)) taken.delete(key);
        const own = { _id: { $in: [...mine] }, numberKey: { $exists: true } };
        for (const { _id, numberKey: key } of await orders.find(own).toArray()) if (key) taken.set(key, _id);
        await reached(after, matched);
        continue;
      }
      after = batch.at(-1)?._id ?? after;
      await reached(after, matched);
      if (batch.length < BATCH) return;
    }
  },
};

/** Of two that are one by plain digits the one that has the key keeps it; the other is found by its very number. */
export const PLAIN_NUMBERS: MigrationStep = {
  number: 28,
  name: 'numbers of orders are compared by plain digits',
  async run({ db, reached }) {
    const orders = db.collection<ProjectDoc>('projects');
    let changed = 0;
    const keyed = orders.find({ numberKey: { $exists: true } }, { projection: { number: 1, numberKey: 1 } });
    for await (const { _id, number, numberKey: before = '' } of keyed) {
      const key = numberKey(number);
      if (key === before) continue;
      const filter = { _id, number, numberKey: before };
      const isTaken = (await orders.findOne({ numberKey: key })) !== null;
      await orders
        .updateOne(filter, isTaken ? { $unset: { numberKey: '' } } : { $set: { numberKey: key } })
        .catch((error: unknown) => {
          if (!isDuplicateKey(error)) throw error;
          return orders.updateOne(filter, { $unset: { numberKey: '' } });
        });
      changed++;
    }
    await reached(null, changed);
  },
};
