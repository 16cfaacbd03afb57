import type { Db } from 'mongodb';
import type { Place } from './change-follower.ts';

const SAVE_EVERY_MS = 1_000;
/** A quiet installation's place must not fall out of the log either. */
const SAVE_IDLE_MS = 10 * 60_000;

type PlaceDoc = { _id: string; token: { _data: string } };

/**
 * A place that is stored behind what was done, so that no change is lost with the node that was about to take it. It
 * is one for all nodes: each follows by itself, and an older place only repeats changes, which whoever takes them must
 * bear, as after a crash.
 * @param id names it among the settings
 */
export function storedPlace(db: Db, id: string): Place {
  const places = db.collection<PlaceDoc>('settings');
  let savedAt = Number.NEGATIVE_INFINITY;
  let isBehind = false;
  return {
    async read() {
      return (await places.findOne({ _id: id }))?.token._data ?? null;
    },
    async reached(token, isQuiet) {
      isBehind ||= !isQuiet;
      const since = performance.now() - savedAt;
      if (since <= SAVE_IDLE_MS && !(isBehind && (isQuiet || since > SAVE_EVERY_MS))) return;
      await places.updateOne({ _id: id }, { $set: { token: { _data: token } } }, { upsert: true });
      savedAt = performance.now();
      isBehind = false;
    },
    async forget() {
      await places.deleteOne({ _id: id });
      savedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
