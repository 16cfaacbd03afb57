import type { Db } from 'mongodb';
import { readHistory } from '../platform/mongo/store-history.ts';
import { newSecret } from '../platform/security/secret.ts';
import { Positions } from './position.ts';

type Setting = { _id: string; value: string };
const SECRET = 'feeds.position-secret';
const EPOCH = 'feeds.epoch';

const fresh = {
  [SECRET]: () => newSecret(),
  [EPOCH]: () => newSecret(9),
};

/** The value that all nodes share: the first one to ask makes it. */
async function sharedSetting(db: Db, id: keyof typeof fresh): Promise<string> {
  const settings = db.collection<Setting>('settings');
  await settings.updateOne({ _id: id }, { $setOnInsert: { value: fresh[id]() } }, { upsert: true });
  const found = await settings.findOne({ _id: id });
  if (!found) throw new Error(`the setting ${id} was not kept`);
  return found.value;
}

/** Positions as every node of this installation signs them, before and after a restart. */
export async function sharedPositions(db: Db): Promise<Positions> {
  const secret = await sharedSetting(db, SECRET);
  const epoch = await sharedSetting(db, EPOCH);
  return new Positions(Buffer.from(secret, 'base64url'), epoch, await readHistory(db));
}

/** Starts another epoch, in which no position given so far is accepted (F12). */
export async function nextEpoch(db: Db): Promise<Positions> {
  await db
    .collection<Setting>('settings')
    .updateOne({ _id: EPOCH }, { $set: { value: fresh[EPOCH]() } }, { upsert: true });
  return sharedPositions(db);
}
