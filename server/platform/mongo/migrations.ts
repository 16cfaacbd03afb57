import type { Connection } from 'mongoose';
import { EXIT, StartError } from '../data-directory/exit.ts';
import type { CollectionPlan } from './collection-plan.ts';

/** Rises when an older program could no longer work on this database. */
const SCHEMA_VERSION = 1;

const EXISTS = 48;

type SchemaDocument = { _id: string; version: number };

/**
 * Brings the database to what the rooms expect: collections with images where the change stream needs them, and all
 * indexes. Safe to repeat, and to run in several nodes at once: every step asks for a state, not for a change.
 * @throws StartError when a newer program has been here
 */
export async function migrate(connection: Connection, plans: readonly CollectionPlan[]): Promise<void> {
  const { db } = connection;
  if (!db) throw new Error('not connected');
  const settings = db.collection<SchemaDocument>('settings');
  const found = await settings.findOne({ _id: 'schema' });
  if (found && found.version > SCHEMA_VERSION)
    throw new StartError(
      `The database is of version ${found.version}, and this program knows ${SCHEMA_VERSION}: start a newer Svodka. Nothing was changed.`,
      EXIT.badData,
    );
  const existing = new Map(
    (await db.listCollections().toArray()).map((info) => [
      info.name,
      'options' in info ? info.options : undefined,
    ]),
  );
  for (const { collection, images, indexes } of plans) {
    const changeStreamPreAndPostImages = { enabled: true };
    if (!existing.has(collection)) {
      await db
        .createCollection(collection, images ? { changeStreamPreAndPostImages } : {})
        .catch((error: { code?: number }) => {
          if (error.code !== EXISTS) throw error;
        });
    } else if (images && !existing.get(collection)?.changeStreamPreAndPostImages?.enabled) {
      await db.command({ collMod: collection, changeStreamPreAndPostImages });
    }
    if (indexes.length > 0)
      await db
        .collection(collection)
        .createIndexes(
          indexes.map(({ key, ...options }) => ({ key: new Map(Object.entries(key)), ...options })),
        );
  }
  if (!found)
    await settings.updateOne(
      { _id: 'schema' },
      { $setOnInsert: { version: SCHEMA_VERSION } },
      { upsert: true },
    );
}
